import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../test-free-port.ts";

const binary: string | undefined = [
  "/usr/bin/redis-server",
  "/usr/bin/valkey-server",
  "/usr/local/bin/redis-server",
].find((file) => existsSync(file));

/** Why tests of a real server cannot run here; null where they can. */
export const redisAbsence: string | null = binary === undefined ? "no redis-server here (Debian: redis-server)" : null;

/** A server of the test's own, which can be put through what servers go through. */
export interface TestRedisServer {
  readonly url: string;
  readonly port: number;
  /** Starts it again, empty, on its old port. */
  start(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stand, nothing answers. */
  stall(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Starts a server on a free port of loopback that writes nothing to disk; `words` are further settings. */
export async function startTestRedisServer(words: readonly string[] = []): Promise<TestRedisServer> {
  const directory = mkdtempSync(join(tmpdir(), "farthing-redis-"));
  const port = await freePort();
  let child: ChildProcess | null = null;
  const settings = [
    "--port",
    String(port),
    "--bind",
    "127.0.0.1",
    "--dir",
    directory,
    "--save",
    "",
    "--appendonly",
    "no",
    ...words,
  ];
  const start = async (): Promise<void> => {
    child = spawn(binary ?? "redis-server", settings, { stdio: "ignore" });
    await accepting(port);
  };
  const kill = async (): Promise<void> => {
    const dying = child;
    child = null;
    if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      dying.once("exit", () => resolve());
      dying.kill("SIGKILL");
    });
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    start,
    kill,
    stall: () => void child?.kill("SIGSTOP"),
    resume: () => void child?.kill("SIGCONT"),
    stop: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function accepting(port: number): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const answered = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: "127.0.0.1" }, () => socket.write("PING\r\n"));
      socket.once("data", (data) => resolve(data.toString().startsWith("+PONG")));
      socket.once("error", () => resolve(false));
      socket.once("close", () => resolve(false));
      socket.once("data", () => socket.destroy());
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`no Redis on port ${port} after ten seconds`);
}
