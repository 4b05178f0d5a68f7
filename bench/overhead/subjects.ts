import { spawn } from "node:child_process";
import { accessSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openDataDirectory } from "../../src/assembly/data-directory.ts";
import { createKeyedDigests } from "../../src/assembly/access/keyed-digests.ts";
import { addLocalKey } from "../../src/assembly/access/local-keys.ts";
import { gatewayCommand, startServerProcess, stopChild, writeGatewayConfig } from "../child-process.ts";

/** A server under measurement, pinned to its own core. */
export interface Subject {
  readonly name: string;
  readonly port: number;
  readonly pid: number;
  /** Key of the callers, where it is not the usual one. */
  readonly key?: string;
  /** How to ask it what it did; null for those that cannot tell. */
  readonly proof: SubjectProof | null;
  stop(): Promise<void>;
}

/** Where a gateway under measurement tells what it did. */
export interface SubjectProof {
  readonly adminPort: number;
  readonly adminToken: string;
  /** It counts requests, lookups and prices; without metrics only the rows handed to the ledger are counted. */
  readonly countsRequests: boolean;
  /** Null: the ledger throws its rows away. */
  readonly ledgerDirectory: string | null;
}

const pinned = ["taskset", "-c", "0"] as const;

/** A script of this folder: the relay, the static reply. */
export async function startScript(name: string, file: string, arguments_: readonly string[]): Promise<Subject> {
  const server = await startServerProcess([
    ...pinned,
    process.execPath,
    join(import.meta.dirname, file),
    ...arguments_,
  ]);
  return { name, port: server.port, pid: server.pid, proof: null, stop: server.stop };
}

/** Ways in which our gateway is measured, with the parts that differ. */
export const gatewayModes = {
  /** No optimisation, no metrics, rows thrown away: the bare way of a request. */
  off: { cache: false, metrics: false, ledger: null },
  /** The same with the exact cache, over the store that the config gives by default; and in memory alone. */
  "cache-bare": { cache: true, metrics: false, ledger: null },
  "cache-memory": { cache: true, metrics: false, ledger: null },
  /** Exact cache and metrics, rows thrown away. */
  cache: { cache: true, metrics: true, ledger: null },
  /** The same with the ledger on disk. */
  strict: { cache: true, metrics: true, ledger: "strict" },
  relaxed: { cache: true, metrics: true, ledger: "relaxed" },
} as const;

/** One of the ways. */
export type GatewayMode = keyof typeof gatewayModes;

/**
 * Our gateway. Where it has a cache, that never switches itself off: the benchmark's traffic does not repeat, and what is
 * measured is a cache at work.
 */
export async function startGatewaySubject(mode: GatewayMode, origin: string, scratch: string): Promise<Subject> {
  const directory = join(scratch, mode);
  mkdirSync(directory, { mode: 0o700 });
  const { cache, metrics, ledger } = gatewayModes[mode];
  const file = writeGatewayConfig(
    directory,
    origin,
    `ledger: { durability: ${ledger ?? "strict"} }
routes: [{ name: bench, exactCache: { enabled: ${String(cache)}, usefulShareMin: 0 } }]
${mode === "cache-memory" ? "cache: { store: memory }\n" : ""}`,
  );
  const switches = [...(ledger === null ? ["discard-ledger"] : []), ...(metrics ? [] : ["no-metrics"])];
  const server = await startServerProcess([...pinned, ...gatewayCommand(file, ...switches)]);
  const { adminPort, adminToken } = server;
  const ledgerDirectory = ledger === null ? null : directory;
  const proof: SubjectProof = { adminPort, adminToken, countsRequests: metrics, ledgerDirectory };
  return { name: `farthing-${mode}`, port: server.port, pid: server.pid, proof, stop: server.stop };
}

/** `strict` with what comes before it in front of many: a local key, and four budgets that every request counts against. */
export async function startBudgetedSubject(origin: string, scratch: string): Promise<Subject> {
  const directory = join(scratch, "budgets");
  const { keysFile, secret } = openDataDirectory(directory);
  const { key } = addLocalKey(keysFile, createKeyedDigests(secret), {
    tenant: "bench",
    org: "bench",
    project: "bench",
  });
  const file = join(directory, "farthing.yaml");
  writeFileSync(
    file,
    `listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0" }
dataDirectory: ${JSON.stringify(directory)}
providers: { openai: { baseUrl: ${JSON.stringify(origin)}, key: sk-bench } }
routes: [{ name: bench, exactCache: { enabled: true, usefulShareMin: 0 } }]
budgets:
  - { name: org, subject: { org: bench }, usd: "1000000", window: month }
  - { name: project, subject: { project: bench }, usd: "500000", window: day }
  - { name: key, subject: { key: "*" }, usd: "100000", window: "sliding: 24h" }
  - { name: pace, subject: { key: "*" }, requests: 100000000, window: minute }
`,
  );
  const server = await startServerProcess([...pinned, ...gatewayCommand(file)]);
  const { adminPort, adminToken } = server;
  const proof = { adminPort, adminToken, countsRequests: true, ledgerDirectory: directory };
  return { name: "farthing-budgets", port: server.port, pid: server.pid, key, proof, stop: server.stop };
}

/**
 * Our gateway before a provider that speaks another dialect than its callers, everything else off. Such a call needs a local
 * key, since an own key never leaves for another provider.
 */
export async function startTranslatingSubject(origin: string, scratch: string): Promise<Subject> {
  const directory = join(scratch, "translated");
  const { keysFile, secret } = openDataDirectory(directory);
  const { key } = addLocalKey(keysFile, createKeyedDigests(secret), { tenant: "bench" });
  const file = join(directory, "farthing.yaml");
  writeFileSync(
    file,
    `listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0" }
dataDirectory: ${JSON.stringify(directory)}
providers: { anthropic: { baseUrl: ${JSON.stringify(origin)}, key: sk-bench } }
defaultProviders: { openai-chat: anthropic }
`,
  );
  const server = await startServerProcess([...pinned, ...gatewayCommand(file, "discard-ledger", "no-metrics")]);
  const { adminPort, adminToken } = server;
  const proof = { adminPort, adminToken, countsRequests: false, ledgerDirectory: null };
  return { name: "farthing-translated", port: server.port, pid: server.pid, key, proof, stop: server.stop };
}

/** nginx's proxy_pass to the upstream, where nginx is installed; null elsewhere. */
export async function startNginx(upstreamPort: number, port: number): Promise<Subject | null> {
  const binary = ["/usr/sbin/nginx", "/usr/local/sbin/nginx"].find(exists);
  if (binary === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), "farthing-bench-nginx-"));
  const config = join(folder, "nginx.conf");
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log; events {}
     http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f;
       uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s; client_body_buffer_size 1m; client_max_body_size 32m;
       upstream up { server 127.0.0.1:${upstreamPort}; keepalive 64; }
       server { listen 127.0.0.1:${port}; keepalive_requests 1000000;
         location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } } }`,
  );
  return startForeign("nginx", port, [binary, "-c", config], 500);
}

/** Portkey's gateway, where its package is installed beside the benchmark; null elsewhere. */
export async function startPortkey(port: number): Promise<Subject | null> {
  try {
    const manifest = createRequire(import.meta.url).resolve("@portkey-ai/gateway/package.json");
    const script = join(dirname(manifest), "build", "start-server.js");
    accessSync(script);
    return await startForeign("portkey", port, [process.execPath, script, `--port=${port}`, "--headless"], 2_000);
  } catch {
    return null;
  }
}

/** A server of others, which says nothing when it is ready. */
async function startForeign(
  name: string,
  port: number,
  command: readonly string[],
  waitMs: number,
): Promise<Subject | null> {
  const child = spawn(pinned[0], [...pinned.slice(1), ...command], { stdio: "ignore" });
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  if (child.exitCode !== null) return null;
  return { name, port, pid: child.pid ?? 0, proof: null, stop: () => stopChild(child) };
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
