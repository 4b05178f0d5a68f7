import { spawn, type ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A server in a process of its own that has said it is ready. */
export interface ServerProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly adminPort: number;
  readonly adminToken: string;
  /** SIGTERM, then SIGKILL after five seconds. */
  stop(): Promise<void>;
}

/** Starts a command and waits for its line `{"ready":true,"port":N,...}` on stdout. */
export async function startServerProcess(command: readonly [string, ...string[]]): Promise<ServerProcess> {
  const child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "inherit"] });
  const ready = await readyLine(child, command.join(" "));
  return {
    child,
    pid: ready.pid ?? child.pid ?? 0,
    port: ready.port,
    adminPort: ready.adminPort ?? 0,
    adminToken: ready.adminToken ?? "",
    stop: () => stopChild(child, ready.pid),
  };
}

/** The command that serves a gateway from a config file; switches as in serve-gateway.ts. */
export function gatewayCommand(file: string, ...switches: readonly string[]): [string, ...string[]] {
  return [process.execPath, join(import.meta.dirname, "serve-gateway.ts"), file, ...switches];
}

/** Writes a config for one upstream that speaks both dialects; `more` is further YAML. Returns the file. */
export function writeGatewayConfig(directory: string, upstreamOrigin: string, more = ""): string {
  const file = join(directory, "farthing.yaml");
  const origin = JSON.stringify(upstreamOrigin);
  writeFileSync(
    file,
    `listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0" }
dataDirectory: ${JSON.stringify(directory)}
providers:
  openai: { baseUrl: ${origin} }
  anthropic: { baseUrl: ${origin} }
${more}`,
  );
  return file;
}

interface ReadyLine {
  /** The server's own, where a wrapper (taskset, strace) started it. */
  readonly pid?: number;
  readonly port: number;
  readonly adminPort?: number;
  readonly adminToken?: string;
}

function readyLine(child: ChildProcess, name: string): Promise<ReadyLine> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${name} ended with code ${String(code)} before it was ready`)));
    if (child.stdout === null) return void reject(new Error(`${name} has no output`));
    createInterface({ input: child.stdout }).once("line", (line) => resolve(JSON.parse(line) as ReadyLine));
  });
}

/** Ends a child: SIGTERM, then SIGKILL after five seconds. `serverPid`: the process to signal, where a wrapper started it. */
export function stopChild(child: ChildProcess, serverPid?: number): Promise<void> {
  const signal = (name: NodeJS.Signals): void =>
    void (serverPid === undefined ? child.kill(name) : process.kill(serverPid, name));
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return void resolve();
    const timer = setTimeout(() => signal("SIGKILL"), 5_000);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    signal("SIGTERM");
  });
}
