import type { Command } from "commander";
import type { RunningGateway } from "../../gateway/server.ts";
import type { FarthingConfig, ListenAddress } from "../../spec/config.ts";
import type { Endpoint } from "../../spec/target.ts";
import { addConfigFlags } from "../config-flags.ts";
import { exitCodes } from "../exit-codes.ts";
import { type ConfigFlags, type LoadedConfig, loadForCommand, watchForCommand } from "../../assembly/operation.ts";
import { installLastResort } from "../last-resort.ts";
import { restartNeeds } from "../restart-needs.ts";
import type { Terminal } from "../terminal.ts";

interface StartFlags extends ConfigFlags {
  readonly json?: boolean;
}

/** `farthing start`: runs the gateway until it is told to stop. */
export function addStartCommand(program: Command, terminal: Terminal): void {
  addConfigFlags(program.command("start"))
    .description("run the gateway until SIGTERM or Ctrl-C")
    .option("--listen <host:port>", "where clients connect (default: 127.0.0.1:8787)")
    .option("--listen-admin <host:port>", "health, metrics, admin API (default: 127.0.0.1:8788)")
    .option("--json", "one JSON line on stdout when ready")
    .action((flags: StartFlags) => start(flags, terminal));
}

async function start(flags: StartFlags, terminal: Terminal): Promise<void> {
  const { config, warnings } = loadForCommand(flags, terminal.env);
  const warn = (text: string): void => terminal.talk(`${terminal.paint("talk", "yellow", "warning")} ${text}`);
  warnings.forEach(warn);
  // Loaded here, not above: it is most of the program, and no other command needs it.
  const { startGateway } = await import("../../gateway/server.ts");
  const removeLastResort = installLastResort(process, (line) => terminal.talk(line), Date.now);
  let notices: readonly string[] = [];
  const started = startGateway({ config, engineOptions: { onFirstStart: (lines) => (notices = lines) } });
  const refused = (detail: string): void =>
    void started.then((gateway) => gateway.engine.configRejected(detail)).catch(() => undefined);
  const apply = (gateway: RunningGateway, loaded: LoadedConfig): void => {
    gateway.reload(loaded.config);
    terminal.talk(`Config generation ${loaded.config.generation} is in force.`);
    loaded.warnings.forEach(warn);
    for (const name of restartNeeds(config, loaded.config)) warn(`${name} changed: it takes a restart.`);
  };
  // Watched from the start on: a file that changes while the ledger opens is not missed.
  const watch = watchForCommand(flags, terminal.env, config, {
    onConfig: (loaded) => {
      started
        .then((gateway) => apply(gateway, loaded))
        .catch((error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          warn(`The reload failed; the config before stays in force. ${message}`);
          refused(message);
        });
    },
    onProblems: (error) => {
      warn(`The changed config is not valid; the one before stays in force.\n${error.message}`);
      refused(error.message.split("\n")[0] ?? "");
    },
  });
  const gateway = await started.catch((error: unknown) => {
    watch.close();
    removeLastResort();
    // The key was made before the start failed, and is shown at no other time.
    for (const notice of notices) terminal.talk(notice);
    throw error;
  });
  announce(gateway, config, flags, terminal);
  const onHangUp = (): void => void watch.reload();
  process.on("SIGHUP", onHangUp);
  const signal = await stopSignal();
  terminal.talk(`${signal}: draining, at most ${config.drainMs / 1000} s. Once more ends at once.`);
  watch.close();
  process.off("SIGHUP", onHangUp);
  process.once("SIGINT", endNow).once("SIGTERM", endNow);
  await gateway.close();
  process.off("SIGINT", endNow).off("SIGTERM", endNow);
  removeLastResort();
  terminal.talk("Stopped; every settled request is in the ledger.");
}

/** Says where it listens, how to point a client at it and, at the first start, what is shown only now. */
function announce(gateway: RunningGateway, config: FarthingConfig, flags: StartFlags, terminal: Terminal): void {
  const traffic = urlOf(gateway.traffic);
  const admin = urlOf(gateway.admin);
  if (flags.json === true) {
    terminal.out(JSON.stringify({ schema: "farthing.start.v1", ready: true, traffic, admin, pid: process.pid }));
  }
  const bold = (text: string): string => terminal.paint("talk", "bold", text);
  terminal.talk(`${bold("Farthing listens.")} Clients: ${bold(traffic)}   health, metrics, admin: ${admin}`);
  terminal.talk(`Config: ${config.file ?? "defaults (no farthing.yaml here)"}   data: ${config.dataDirectory}`);
  for (const endpoint of config.endpoints) {
    terminal.talk(`  ${endpoint.id}: ${endpoint.origin}${endpoint.basePath} (${keyOf(endpoint)})`);
  }
  terminal.talk("Point a client at it:");
  if (config.defaultEndpoints["openai-chat"] !== undefined) terminal.talk(`  export OPENAI_BASE_URL=${traffic}/v1`);
  if (config.defaultEndpoints["anthropic-messages"] !== undefined)
    terminal.talk(`  export ANTHROPIC_BASE_URL=${traffic}`);
  const isFirst = gateway.firstStartNotices.length > 0;
  // With the token at the first start only: a link in a log opens the page to whoever reads that log.
  terminal.talk(`Overview page: ${bold(isFirst ? `${admin}/#token=${gateway.engine.adminToken}` : admin)}`);
  for (const notice of gateway.firstStartNotices) terminal.talk(bold(notice));
}

function keyOf({ serverKey, keyless }: Endpoint): string {
  if (serverKey !== null) return "key held here, for local keys";
  return keyless === true ? "takes no key" : "callers bring their own key";
}

/** The address as a client on this machine writes it. */
function urlOf(address: ListenAddress): string {
  const host = address.host === "0.0.0.0" || address.host === "::" ? "127.0.0.1" : address.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}

function endNow(): never {
  process.exit(exitCodes.interrupted);
}

/** Resolves with the first signal to stop. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"];
    const stop = (signal: NodeJS.Signals): void => {
      for (const name of signals) process.off(name, stop);
      resolve(signal);
    };
    for (const name of signals) process.on(name, stop);
  });
}
