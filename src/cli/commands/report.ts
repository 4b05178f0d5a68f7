import type { Command } from "commander";
import type { Report, SizeForecast } from "../../spec/report.ts";
import { addConfigFlags } from "../config-flags.ts";
import { describeReport } from "../describe-report.ts";
import { CommandFailure, exitCodes } from "../exit-codes.ts";
import {
  type ConfigFlags,
  forecastLedger,
  loadForCommand,
  readDuration,
  readLedgerReport,
} from "../../assembly/operation.ts";
import type { Terminal } from "../terminal.ts";

interface ReportFlags extends ConfigFlags {
  readonly last: string;
  readonly by?: string;
  readonly json?: boolean;
}

/** `farthing report`: what became of the money. */
export function addReportCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("report"))
    .description("show cost, savings and who caused them; works while the gateway runs and when it does not")
    .option("--last <duration>", "how far back: 24h, 7d, 30d, ...", "24h")
    .option("--by <dimensions>", "group by feature, user, team, model, provider, key, route, day, ... (comma between)")
    .option("--json", "one JSON object on stdout, money as decimal strings of pico-dollars")
    .action((flags: ReportFlags) => report(flags, terminal));
}

function report(flags: ReportFlags, terminal: Terminal): void {
  const lastMs = readDuration(flags.last);
  if (lastMs === null || lastMs === 0) {
    throw new CommandFailure(exitCodes.usage, "--last takes a duration with its unit, such as 24h, 7d or 30d.");
  }
  const by = (flags.by ?? "").split(",").map((name) => name.trim());
  const { config } = loadForCommand(flags, terminal.env);
  const nowMs = Date.now();
  const found = readLedgerReport(
    config.dataDirectory,
    nowMs - lastMs,
    nowMs,
    by.filter((name) => name !== ""),
  );
  const forecast = forecastLedger(config, nowMs);
  if (flags.json === true) terminal.out(reportJson(found, forecast));
  else if (found.total.requests === 0)
    terminal.talk(`No requests in the last ${flags.last}. The ledger is in ${config.dataDirectory}.`);
  else for (const line of describeReport(found, forecast, terminal)) terminal.out(line);
}

/** The report as one line of JSON; every amount is a decimal string of pico-dollars (1e-12 USD). */
export function reportJson(found: Report, forecast: SizeForecast | null): string {
  const document = { schema: "farthing.report.v1", currency: "USD", ...found, ledger: forecast };
  return JSON.stringify(document, (_name, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}
