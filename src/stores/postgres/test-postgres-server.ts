import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, untilItWorks } from "../test-free-port.ts";

const installed = "/usr/lib/postgresql";
const versions: readonly string[] = existsSync(installed) ? readdirSync(installed) : [];
const binaries: string | undefined = versions
  .toSorted((one, other) => Number(other) - Number(one))
  .map((version) => join(installed, version, "bin"))
  .find((folder) => existsSync(join(folder, "postgres")) && existsSync(join(folder, "initdb")));

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
const account: { readonly uid: number; readonly gid: number } | undefined =
  process.getuid?.() === 0 ? postgresAccount() : undefined;

/** Why tests of a real server cannot run here; null where they can. */
export const postgresAbsence: string | null = absence();

/** A server of the test's own, which can be put through what servers go through. */
export interface TestPostgresServer {
  /** Of its superuser, whom row security does not bind. */
  readonly url: string;
  /** Of a plain user who may make schemas. */
  readonly plainUrl: string;
  /** Starts it again with what it had, on its old port. */
  start(): Promise<void>;
  /** Kills it and starts it as a replica would be that takes over. */
  takeOver(): Promise<void>;
  /** SIGKILL, all its processes. */
  kill(): Promise<void>;
  /** SIGSTOP, all its processes: connections stand, nothing answers. */
  stall(): void;
  resume(): void;
  stop(): Promise<void>;
}

/** Starts a server on a free port of loopback over a fresh directory; it syncs nothing. */
export async function startTestPostgresServer(): Promise<TestPostgresServer> {
  const directory = mkdtempSync(join(tmpdir(), "farthing-postgres-"));
  if (account !== undefined) chownSync(directory, account.uid, account.gid);
  const folder = binaries ?? "";
  const data = join(directory, "data");
  const words = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  execFileSync(join(folder, "initdb"), words, { ...account, stdio: "ignore", cwd: directory });
  const port = await freePort();
  let server: ChildProcess | null = null;
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    fsync: "off",
    max_connections: 40,
  };
  const start = async (): Promise<void> => {
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    server = spawn(join(folder, "postgres"), ["-D", data, ...flags], { ...account, stdio: "ignore", cwd: directory });
    await untilItWorks(() => query(url, "SELECT 1"));
  };
  const kill = async (): Promise<void> => {
    const dying = server;
    server = null;
    if (dying === null || dying.exitCode !== null || dying.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => dying.once("exit", () => resolve()));
    signalAll(dying, "SIGKILL");
    await exited;
  };
  await start();
  await query(url, "CREATE ROLE plain LOGIN; GRANT CREATE ON DATABASE postgres TO plain");
  return {
    url,
    plainUrl: `postgres://plain@127.0.0.1:${port}/postgres`,
    start,
    takeOver: async () => {
      await kill();
      writeFileSync(join(data, "standby.signal"), "");
      await start();
      await query(url, "SELECT pg_promote()");
    },
    kill,
    stall: () => signalAll(server, "SIGSTOP"),
    resume: () => signalAll(server, "SIGCONT"),
    stop: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Runs a statement on a connection of its own. */
export async function query(url: string, statement: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { Client } = await import("pg");
  const client = new Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

/** The server and its processes, each of which leads a session of its own. */
function signalAll(server: ChildProcess | null, signal: NodeJS.Signals): void {
  if (server?.pid === undefined) return;
  const children = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8").split(" ").filter(Boolean);
  for (const pid of [server.pid, ...children.map(Number)]) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself in the meantime.
    }
  }
}

function postgresAccount(): { readonly uid: number; readonly gid: number } | undefined {
  const line = /^postgres:[^:]*:(\d+):(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"));
  return line === null ? undefined : { uid: Number(line[1]), gid: Number(line[2]) };
}

function absence(): string | null {
  if (binaries === undefined) return "no PostgreSQL server here (Debian: postgresql)";
  return process.getuid?.() === 0 && account === undefined
    ? "PostgreSQL refuses root, and there is no user postgres"
    : null;
}
