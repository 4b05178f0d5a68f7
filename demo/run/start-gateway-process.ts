import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openDataDirectory } from "../../src/assembly/data-directory.ts";
import { findPort } from "./free-port.ts";
import { prepareGateway } from "./prepare-gateway.ts";

/** The gateway's own default ports, taken when they are free. */
const usualPorts = { traffic: 8787, admin: 8788 };
const startMsMax = 20_000;
const stopMsMax = 10_000;
/** What is kept of the child's log lines, to be shown when it dies. */
const logCharactersMax = 8_192;

/** A gateway in a process of its own, started as `farthing start` starts it. */
export interface GatewayProcess {
  /** `http://127.0.0.1:PORT` for clients. */
  readonly origin: string;
  /** Its page, with the token that signs in. */
  readonly pageLink: string;
  readonly configFile: string;
  readonly dataDirectory: string;
  /** Tenant -> the key that it calls this gateway with. */
  readonly localKeys: Readonly<Record<string, string>>;
  /** The key of the job that has a budget of its own. */
  readonly backfillKey: string;
  /** Resolves when the process has ended, with what it last said. */
  readonly ended: Promise<string>;
  /** Drains and ends it. Idempotent. */
  stop(): Promise<void>;
}

interface Origins {
  readonly origin: string;
  readonly adminOrigin: string;
}

/** Where a gateway lives and whom it asks. */
export interface GatewayProcessOptions {
  readonly dataDirectory: string;
  readonly providerOrigin: string;
  /** Take the usual ports where they are free; otherwise any free ones. */
  readonly usualPorts: boolean;
}

/**
 * Puts config and keys into the data directory and starts `src/cli/main.ts start` on it.
 * Rejects with the gateway's own words when it does not get ready.
 */
export async function startGatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const { dataDirectory, providerOrigin } = options;
  const trafficPort = await findPort(options.usualPorts ? usualPorts.traffic : 0);
  const adminPort = await findPort(options.usualPorts ? usualPorts.admin : 0);
  const { configFile, localKeys, backfillKey } = prepareGateway({
    trafficPort,
    adminPort,
    dataDirectory,
    providerOrigin,
  });
  const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
  const child = spawn(process.execPath, [main, "start", "--config", configFile, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: cleanEnvironment(process.env),
  });
  const log = keepLog(child);
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(`The gateway ended (${signal ?? `code ${code}`}).\n${log()}`));
    child.once("error", (error) => resolve(`The gateway could not be started: ${error.message}`));
  });
  // A demo that dies takes the gateway with it.
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  void ended.then(() => process.off("exit", kill));
  const { origin, adminOrigin } = await readyOrigins(child, ended);
  const pageLink = `${adminOrigin}/#token=${openDataDirectory(dataDirectory).adminToken}`;
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopping ??= stopChild(child, ended));
  return { origin, pageLink, configFile, dataDirectory, localKeys, backfillKey, ended, stop };
}

/** Without provider keys and settings of ours: the demo must neither use nor depend on what the user has set. */
function cleanEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const dropped = /^(FARTHING_|OPENAI_|ANTHROPIC_)|^NODE_OPTIONS$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.test(name)));
}

/** Keeps the end of what the child says on stderr. */
function keepLog(child: ChildProcess): () => string {
  let log = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    log = (log + bytes.toString()).slice(-logCharactersMax);
  });
  return () => log;
}

/** Addresses of both listeners, from the line that `--json` puts on stdout when the gateway is ready. */
async function readyOrigins(child: ChildProcess, ended: Promise<string>): Promise<Origins> {
  let timer: NodeJS.Timeout | undefined;
  const ready = new Promise<Origins>((resolve) => {
    let output = "";
    child.stdout?.on("data", (bytes: Buffer) => {
      if (output.length < logCharactersMax) output += bytes.toString();
      const [, origin, adminOrigin] = /"ready":true,"traffic":"(http:[^"]+)","admin":"(http:[^"]+)"/.exec(output) ?? [];
      if (origin !== undefined && adminOrigin !== undefined) resolve({ origin, adminOrigin });
    });
  });
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), startMsMax);
  });
  const origins = await Promise.race([ready, late, ended.then(() => null)]);
  clearTimeout(timer);
  if (origins !== null) return origins;
  child.kill("SIGKILL");
  throw new Error(`The gateway did not get ready within ${startMsMax / 1000} s. ${await ended}`);
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  const timer = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
  child.kill("SIGTERM");
  await ended;
  clearTimeout(timer);
}
