import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readConfig } from "../../src/assembly/read-config.ts";
import { startGateway } from "../../src/gateway/server.ts";
import { createFarthing } from "../../src/library/create-farthing.ts";
import type { RequestRecord } from "../../src/spec/ledger.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { pause } from "./proof.ts";
import { startScriptedUpstream } from "./scripted-upstream.ts";
import { answerAsTold, type SurfaceCase } from "./surface-cases.ts";

/** One surface with a provider, a data directory and a ledger of its own. */
export interface SurfaceSide {
  readonly directory: string;
  /** The rows settled so far, in order. */
  readonly records: readonly RequestRecord[];
  /** Calls that the provider has got, as `path body`. */
  readonly sent: readonly string[];
  readonly fetch: (path: string, init: RequestInit) => Promise<Response>;
  stop(): Promise<void>;
}

/** The same Farthing twice: behind a port, and in this process. */
export interface SurfacePair {
  readonly gateway: SurfaceSide;
  readonly library: SurfaceSide;
  readonly localKey: string;
  stop(): Promise<void>;
}

// Lookups cost nothing here: the time that one took is no two surfaces' same.
const limitsAndRoutes = `limits: { bodyBytesMax: 64KiB }
cache: { cpuHourUsd: "0" }
routes:
  - { name: cached, match: { task: cached }, exactCache: { enabled: true }, coalesce: { enabled: true } }
  - { name: retried, match: { task: retried }, retry: { enabled: true, backoff: 1ms, backoffMax: 5ms, retryAmbiguous: true } }
  - name: ruled
    match: { task: ruled }
    targets:
      - { name: small, when: { model: "gpt-*" }, use: [openai/gpt-4.1-nano] }
      - { name: large, when: { model: "claude-*" }, use: [anthropic/claude-sonnet-4-5] }
  - name: translated
    match: { task: translated }
    targets:
      - { name: to-anthropic, when: { model: "gpt-*" }, use: [anthropic/claude-haiku-4-5] }
      - { name: to-openai, when: { model: "claude-*" }, use: [openai/gpt-4o-mini] }
`;
const quiet = { log: (): void => {} };

function writeConfig(directory: string, origin: string): string {
  const file = join(directory, "farthing.yaml");
  const provider = JSON.stringify({ baseUrl: origin, key: "sk-held" });
  const listen = 'listen: { traffic: "127.0.0.1:0", admin: "127.0.0.1:0" }';
  const providers = `providers:\n  openai: ${provider}\n  anthropic: ${provider}`;
  writeFileSync(file, `${listen}\ndataDirectory: .\n${providers}\n${limitsAndRoutes}`, { mode: 0o600 });
  return file;
}

/** Starts both. They share the secret that digests are keyed with, the local keys, and the seed of chance. */
export async function startSurfacePair(directory: string, seed: number): Promise<SurfacePair> {
  const [one, two] = [join(directory, "gateway"), join(directory, "library")];
  for (const path of [one, two]) mkdirSync(path);
  const library = await startSide(two, seed, startLibrary);
  const localKey = /fk_\S+/.exec(library.notices.join("\n"))?.[0] ?? "";
  for (const name of ["scope-secret", "keys.json"]) copyFileSync(join(two, name), join(one, name));
  const gateway = await startSide(one, seed, startBehindPort);
  const stop = async (): Promise<void> => void (await Promise.all([gateway.stop(), library.stop()]));
  return { gateway, library, localKey, stop };
}

type StartSurface = (
  file: string,
  engineOptions: { readonly random: () => number; readonly observers: readonly ((record: RequestRecord) => void)[] },
) => Promise<Pick<SurfaceSide, "fetch"> & { readonly notices: readonly string[]; close(): Promise<void> }>;

async function startSide(
  directory: string,
  seed: number,
  start: StartSurface,
): Promise<SurfaceSide & { readonly notices: readonly string[] }> {
  const records: RequestRecord[] = [];
  const sent: string[] = [];
  const upstream = await startScriptedUpstream((call, request, response) => {
    sent.push(`${request.url} ${call.body}`);
    answerAsTold(call, request, response);
  });
  const file = writeConfig(directory, upstream.origin);
  const observers = [(record: RequestRecord): void => void records.push(record)];
  const surface = await start(file, { random: createSeededRandom(seed), observers });
  const stop = async (): Promise<void> => {
    await surface.close();
    await upstream.close();
  };
  return { directory, records, sent, fetch: surface.fetch, notices: surface.notices, stop };
}

const startLibrary: StartSurface = async (config, engineOptions) => {
  const {
    fetch,
    firstStartNotices: notices,
    close,
  } = await createFarthing({ config, env: {}, engineOptions, ...quiet });
  return { fetch: (path, init) => fetch(`https://api.example.com${path}`, init), notices, close };
};

const startBehindPort: StartSurface = async (file, engineOptions) => {
  const { config } = readConfig({ file, env: {}, generation: 1 });
  const gateway = await startGateway({ config, engineOptions, ...quiet });
  const origin = `http://127.0.0.1:${gateway.traffic.port}`;
  const { firstStartNotices: notices } = gateway;
  return { fetch: (path, init) => fetch(origin + path, init), notices, close: () => gateway.close() };
};

/** Everything that a caller sees of an answer, and what Farthing wrote down of it. */
export interface SurfaceOutcome {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How it ended when not properly. */
  readonly failure: string | null;
  readonly sent: readonly string[];
  readonly records: readonly unknown[];
}

/** Headers of the connection and the moment, and our id. */
const passing = ["connection", "keep-alive", "transfer-encoding", "date", "x-farthing-request-id"];

/** Asks one side and waits until its row is there, where the other side's rows say that there has to be one. */
export async function askSide(
  side: SurfaceSide,
  wanted: SurfaceCase,
  rowsWanted: number | null,
): Promise<SurfaceOutcome> {
  const { path, method, headers, body } = wanted;
  const [rowsBefore, sentBefore] = [side.records.length, side.sent.length];
  const leave = new AbortController();
  const init = { method, headers: { ...headers }, body, signal: leave.signal, redirect: "manual" as const };
  let over = false;
  const asked = readAnswer(side.fetch(path, init), wanted, leave).finally(() => (over = true));
  if (wanted.leave === "before-head") {
    await until(() => over || side.sent.length > sentBefore);
    leave.abort(new Error("left"));
  }
  const answer = await asked;
  const rows = rowsWanted ?? (wanted.leave === "never" || side.sent.length === sentBefore ? 0 : 1);
  await until(() => side.records.length >= rowsBefore + rows);
  const records = side.records.slice(rowsBefore).map(comparable);
  return { ...answer, sent: side.sent.slice(sentBefore), records };
}

type Answer = Omit<SurfaceOutcome, "sent" | "records">;

async function readAnswer(call: Promise<Response>, wanted: SurfaceCase, leave: AbortController): Promise<Answer> {
  let [status, body] = [0, ""];
  const headers: Record<string, string> = {};
  try {
    const response = await call;
    status = response.status;
    for (const [name, value] of response.headers) if (!passing.includes(name)) headers[name] = value;
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) {
      body += decoder.decode(piece as Uint8Array, { stream: true });
      // Not at any piece: the network may join what was written apart.
      if (wanted.leave === "in-stream" && body.includes("First. ")) leave.abort(new Error("left"));
    }
    return { status, headers, body: withoutIdsAndTimes(body), failure: null };
  } catch (error) {
    return {
      status,
      headers,
      body: withoutIdsAndTimes(body),
      failure: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Our ids, and the second in which a translated answer was made. */
const withoutIdsAndTimes = (text: string): string =>
  text.replace(/\bfr_[0-9a-z]+/g, "fr_some").replace(/"created":\d+/g, '"created":0');

/** What no two runs have in common: ids and times. That there is a time, or none, counts. */
const volatile = ["id", "requestId", "arrivedAtMs", "startedAtMs", "durationUs", "timeToFirstByteUs", "us"];

/** A row without ids and times, as plain JSON. */
function comparable(record: RequestRecord): unknown {
  return JSON.parse(
    JSON.stringify(record, (name, value: unknown) => {
      if (value !== null && volatile.includes(name)) return "some";
      return typeof value === "bigint" ? `${value}n` : value;
    }),
  );
}

/** Waits at most two seconds: what does not come then is a difference, and told as one. */
async function until(holds: () => boolean): Promise<void> {
  const endMs = performance.now() + 2_000;
  while (!holds() && performance.now() < endMs) await pause(2);
}
