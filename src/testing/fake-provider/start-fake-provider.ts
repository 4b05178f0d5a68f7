import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LogLine } from "./call-log.ts";

/** How long the process may take to listen, and to end after SIGTERM before it is killed. */
const startMsMax = 15_000;
const stopMsMax = 5_000;

/** What `startFakeProvider` takes; everything has a default. */
export interface FakeProviderOptions {
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Default `none`. */
  readonly latency?: "none" | "fast" | "realistic";
  /** API key -> steps; see docs/reference/fake-provider.md. */
  readonly scenarios?: Readonly<Record<string, readonly string[]>>;
  /** Share of requests that go wrong by chance, 0 to 1. Default 0. */
  readonly chaos?: number;
  readonly chaosKinds?: readonly string[];
  /** Where the log goes; default a temporary file that `stop` removes. */
  readonly logFile?: string;
  /** Each model's answer to each question is longer or shorter by a chance share up to this, 0 to 0.9. Default 0. */
  readonly lengthSpread?: number;
  /** Small models' answers are longer by this share, -0.9 to 9. Default 0. */
  readonly lengthBias?: number;
  /** Default true. */
  readonly promptCache?: boolean;
  /** Same bytes for every call, no log. Default false. */
  readonly staticReplies?: boolean;
  readonly staticPaceMs?: number;
  /** Play a server of one's own (vLLM) with this model, with `/metrics` and a queue. Default: the vendors. */
  readonly selfHosted?: {
    readonly model: string;
    /** Calls at once; default 8. */
    readonly concurrency?: number;
    /** Calls that may wait; default 32. */
    readonly queueDepth?: number;
    /** Default 65,536. */
    readonly kvCacheTokens?: number;
  };
  /** Flags of the child's own Node, for measuring. */
  readonly nodeFlags?: readonly string[];
}

/** A fake provider in a process of its own. */
export interface FakeProviderHandle {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly pid: number;
  /** The whole log so far, in order. Still works after `stop`. */
  readLog(): Promise<LogLine[]>;
  /** The log once no call is open any more; throws after `waitMsMax` (default 5,000). */
  settledLog(waitMsMax?: number): Promise<LogLine[]>;
  /** Adds or replaces scenarios while it runs; the counts of those keys start anew. */
  setScenarios(scenarios: Readonly<Record<string, readonly string[]>>): Promise<void>;
  /** Ends the process; calls under way are cut. Idempotent. */
  stop(): Promise<void>;
}

function commandLine(options: FakeProviderOptions, logFile: string, directory: string): string[] {
  const line = [
    `--port=${options.port ?? 0}`,
    `--seed=${options.seed ?? 1}`,
    `--latency=${options.latency ?? "none"}`,
    `--chaos=${options.chaos ?? 0}`,
    `--length-spread=${options.lengthSpread ?? 0}`,
    `--length-bias=${options.lengthBias ?? 0}`,
    `--static-pace-ms=${options.staticPaceMs ?? 0}`,
  ];
  if (options.staticReplies === true) line.push("--static");
  else line.push(`--log=${logFile}`);
  if (options.chaosKinds !== undefined) line.push(`--chaos-kinds=${options.chaosKinds.join(",")}`);
  if (options.promptCache === false) line.push("--no-prompt-cache");
  const own = options.selfHosted;
  if (own !== undefined) {
    line.push(`--self-hosted=${own.model}`);
    if (own.concurrency !== undefined) line.push(`--concurrency=${own.concurrency}`);
    if (own.queueDepth !== undefined) line.push(`--queue-depth=${own.queueDepth}`);
    if (own.kvCacheTokens !== undefined) line.push(`--kv-cache-tokens=${own.kvCacheTokens}`);
  }
  if (options.scenarios !== undefined) {
    const file = join(directory, "scenarios.json");
    writeFileSync(file, JSON.stringify(options.scenarios), { mode: 0o600 });
    line.push(`--scenarios=${file}`);
  }
  return line;
}

/** The port, once the child says that it listens. */
function waitUntilReady(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = "";
    let problems = "";
    let ready = false;
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`the fake provider did not start within ${startMsMax} ms. ${problems}`));
    }, startMsMax);
    child.stderr?.on("data", (text: Buffer) => {
      // Until it listens its words become the error's; afterwards a defect should be seen.
      if (ready) process.stderr.write(text);
      else if (problems.length < 4_000) problems += text.toString();
    });
    child.stdout?.on("data", (text: Buffer) => {
      if (output.length < 4_000) output += text.toString();
      const port = /"port":(\d+)\}\n/.exec(output)?.[1];
      if (port === undefined) return;
      ready = true;
      clearTimeout(timer);
      resolve(Number(port));
    });
    child.once("exit", (code) => {
      clearTimeout(timer);
      reject(new Error(`the fake provider ended with code ${code}. ${problems}`));
    });
    child.once("error", reject);
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMsMax);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

function parseLog(text: string): LogLine[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as LogLine);
}

/**
 * Starts the fake provider as a child process (`fake-provider/main`, with this process's own Node) and waits until it
 * listens. It ends with `stop`, or when this process ends.
 */
export async function startFakeProvider(options: FakeProviderOptions = {}): Promise<FakeProviderHandle> {
  const directory = mkdtempSync(join(tmpdir(), "farthing-fake-provider-"));
  const logFile = options.logFile ?? join(directory, "log.jsonl");
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const main = fileURLToPath(new URL(`./main.${extension}`, import.meta.url));
  const child = spawn(
    process.execPath,
    [...(options.nodeFlags ?? []), main, ...commandLine(options, logFile, directory)],
    {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, FARTHING_FAKE_PROVIDER_CHILD: "1", NODE_OPTIONS: "" },
    },
  );
  let port: number;
  try {
    port = await waitUntilReady(child);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  const origin = `http://127.0.0.1:${port}`;
  let stopped: Promise<void> | null = null;
  let lastLog: LogLine[] = [];
  const readLog = async (): Promise<LogLine[]> => {
    if (stopped !== null) return lastLog;
    if (options.staticReplies === true) return [];
    // Asking the process first makes sure that it has written down everything it has answered.
    await fetch(`${origin}/fake/open`);
    return parseLog(readFileSync(logFile, "utf8"));
  };
  const end = async (): Promise<void> => {
    await stopChild(child);
    if (options.staticReplies !== true) lastLog = parseLog(readFileSync(logFile, "utf8"));
    rmSync(directory, { recursive: true, force: true });
  };
  const openCalls = async (): Promise<number> => {
    const answer = (await (await fetch(`${origin}/fake/open`)).json()) as { readonly open: number };
    return answer.open;
  };
  return {
    port,
    origin,
    pid: child.pid ?? 0,
    readLog,
    async settledLog(waitMsMax = 5_000) {
      const giveUpAt = performance.now() + waitMsMax;
      for (let open = await openCalls(); open > 0; open = await openCalls()) {
        if (performance.now() > giveUpAt) throw new Error(`${open} calls are still open at the fake provider`);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return readLog();
    },
    async setScenarios(scenarios) {
      const answer = await fetch(`${origin}/fake/scenarios`, { method: "POST", body: JSON.stringify(scenarios) });
      if (answer.status !== 200) throw new Error(`the fake provider refused the scenarios: ${await answer.text()}`);
    },
    stop() {
      stopped ??= end();
      return stopped;
    },
  };
}
