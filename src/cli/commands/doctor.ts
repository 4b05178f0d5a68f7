import type { Command } from "commander";
import type { FarthingConfig } from "../../spec/config.ts";
import { addConfigFlags } from "../config-flags.ts";
import { checkCache } from "../doctor/check-cache.ts";
import { checkDirectory } from "../doctor/check-directory.ts";
import { checkListeners } from "../doctor/check-listeners.ts";
import { checkClock, checkMachine } from "../doctor/check-machine.ts";
import { checkProviders } from "../doctor/check-providers.ts";
import { describeFindings } from "../doctor/describe-findings.ts";
import { bad, doubtful, type Finding, good } from "../doctor/finding.ts";
import { hideUserOf } from "../doctor/hide-user.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import { checkConfig, type ConfigFlags, loadForCommand } from "../../assembly/operation.ts";
import type { Terminal } from "../terminal.ts";

interface DoctorFlags extends ConfigFlags {
  readonly json?: boolean;
  readonly keys?: boolean;
  readonly offline?: boolean;
}

/** `farthing doctor`: everything that has to be right before the gateway can work, each with its fix. */
export function addDoctorCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("doctor"))
    .description(
      "check config, ports, data directory, ledger, providers, cache, proxy, clock, prices; exit 7 if any fails",
    )
    .option("--listen <host:port>", "check this traffic address instead")
    .option("--listen-admin <host:port>", "check this admin address instead")
    .option("--keys", "also try the held provider keys (they are sent to their own providers only)")
    .option("--offline", "do not call the providers")
    .option("--json", "one JSON object on stdout")
    .action((flags: DoctorFlags) => examine(flags, terminal));
}

async function examine(flags: DoctorFlags, terminal: Terminal): Promise<void> {
  const verdict = checkConfig(flags, terminal.env);
  const findings: Finding[] = [
    ...verdict.problems.map(({ text }) => bad("config", text, "See: farthing config check")),
    ...verdict.warnings.map((text) => doubtful("config", text, "Take it out if it is not meant.")),
  ];
  let dataFlow: string | null = null;
  if (verdict.problems.length === 0) {
    const { config } = loadForCommand(flags, terminal.env);
    dataFlow = describeDataFlow(config);
    findings.push(
      good("config", `${verdict.file ?? "defaults"} is valid`),
      ...(await examineConfig(config, flags, terminal)),
    );
  }
  report(findings, dataFlow, flags, terminal);
  const failed = findings.filter((finding) => finding.level === "fail").length;
  if (failed > 0)
    throw new CommandFailure(exitCodes.checkFailed, flags.json === true ? "" : `${failed} checks failed.`);
}

async function examineConfig(config: FarthingConfig, flags: DoctorFlags, terminal: Terminal): Promise<Finding[]> {
  const listeners = await checkListeners(config);
  const { findings, dateMs } =
    flags.offline === true ? { findings: [], dateMs: null } : await checkProviders(config, flags.keys === true);
  const nowMs = Date.now();
  // Loaded here, not above: compiling the price book takes longer than any other command.
  const { checkPrices } = await import("../doctor/check-prices.ts");
  return [
    ...checkDirectory(config, nowMs),
    ...listeners,
    ...findings,
    ...(await checkCache(config)),
    ...checkMachine(config, terminal.env),
    checkClock(nowMs, dateMs),
    ...checkPrices(config, nowMs),
  ];
}

/** What leaves this machine, in one line. */
export function describeDataFlow(config: FarthingConfig): string {
  const origins = [...new Set(config.endpoints.map((endpoint) => endpoint.origin))].join(", ");
  const way = config.network.httpsProxy === null ? "" : ` through ${hideUserOf(config.network.httpsProxy)}`;
  return `Requests go to ${origins}${way}, nowhere else. Ledger and keys stay in ${config.dataDirectory}; ${whereAnswersStay(config)}; no telemetry.`;
}

function whereAnswersStay({ cache }: FarthingConfig): string {
  if (cache?.url === undefined || cache.url === null) return "cached answers stay there or in memory";
  return `cached answers go to ${hideUserOf(cache.url)}`;
}

function report(findings: readonly Finding[], dataFlow: string | null, flags: DoctorFlags, terminal: Terminal): void {
  if (flags.json === true) {
    const ok = findings.every((finding) => finding.level !== "fail");
    terminal.out(JSON.stringify({ schema: "farthing.doctor.v1", ok, dataFlow, findings }));
    return;
  }
  for (const line of describeFindings(findings, terminal)) terminal.out(line);
  if (dataFlow !== null) terminal.out(`\n${dataFlow}`);
}
