import { spawn } from "node:child_process";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { AnswerStore } from "../../src/spec/answer-store.ts";
import type { Result } from "../measurement.ts";
import { encodeAnswer } from "../../src/stores/answers/answer-codec.ts";
import { postgresAbsence, startTestPostgresServer } from "../../src/stores/postgres/test-postgres-server.ts";
import { redisAbsence, startTestRedisServer } from "../../src/stores/redis/test-redis-server.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { answerOfIndex, doomedTag, openAnswerPlace, whereOf, type AnswerPlace } from "./answer-places.ts";
import { counted, pause, withScratch, type ProofOptions } from "./proof.ts";

/** Older than this at the kill, an answer counts as one that has to be there. */
const settledMs = 1_000;
const survivorsMin = 0.99;

/** What is killed: the process that writes, or the server under it (then it is started again). */
interface Victim {
  readonly place: AnswerPlace;
  readonly name: string;
  /** Of the server; absent: the writer is killed. */
  readonly killServer?: () => Promise<void>;
  readonly startServer?: () => Promise<void>;
  /** It promises nothing over its death: what is left is told and not judged. */
  readonly forgetful?: boolean;
}

interface Tally {
  said: number;
  settled: number;
  survived: number;
  torn: number;
  foreign: number;
  revived: number;
  forgotten: number;
}

/** What one writer said until it died. */
interface LastWords {
  readonly stored: ReadonlyMap<number, number>;
  /** Invalidations that were done, and those that were begun: the kill may have cut them short. */
  readonly forgotten: ReadonlySet<string>;
  readonly begun: ReadonlySet<string>;
  readonly killedAtMs: number;
}

/**
 * Kill -9 while answers are being written, again and again on one store: what is served afterwards is whole, is that of its
 * own place, was not invalidated, and of what was older than a second at the kill at least 99 % is there.
 */
export async function proveCacheKill({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const cycles = quick ? 3 : 20;
  const chance = createSeededRandom(seed);
  const results: Result[] = [];
  const prove = async (victim: Victim): Promise<void> => {
    process.stderr.write(`  ${victim.name}\n`);
    results.push(...resultsOf(victim, cycles, await killAgainAndAgain(victim, cycles, chance)));
  };
  await withScratch(async (directory) => {
    await prove({ name: "sqlite", place: { kind: "sqlite", at: directory } });
    results.push(await tearOnDisk(directory));
  });
  await withScratch(async (directory) => {
    const place: AnswerPlace = { kind: "sqlite", at: directory };
    const tally = await killAgainAndAgain({ name: "faulty", place }, 1, chance, "faulty");
    const seen = [tally.torn > 0, tally.foreign > 0, tally.survived < tally.settled * survivorsMin];
    results.push(counted("planted-faults-noticed", seen.filter(Boolean).length, 3, { op: "==", value: 3 }, "faults"));
  });
  if (!quick) await proveServers(prove);
  return results;
}

/** Redis keeps nothing by itself when the server dies; with its append-only file it does. PostgreSQL has its own log. */
async function proveServers(prove: (victim: Victim) => Promise<void>): Promise<void> {
  if (redisAbsence === null) {
    const lasting = ["--appendonly", "yes", "--appendfsync", "always"];
    const start = { kind: "redis", start: () => startTestRedisServer(lasting) } as const;
    await withServer(start, (place) => prove({ name: "redis", place }));
    await withServer(start, (place, acts) => prove({ name: "redis-server-appendonly", place, ...acts }));
    const plain = { kind: "redis", start: () => startTestRedisServer() } as const;
    await withServer(plain, (place, acts) =>
      prove({ name: "redis-server-memory-only", place, ...acts, forgetful: true }),
    );
  } else process.stderr.write(`  redis left out: ${redisAbsence}\n`);
  if (postgresAbsence === null) {
    const start = { kind: "postgres", start: startTestPostgresServer } as const;
    await withServer(start, (place) => prove({ name: "postgres", place }));
    await withServer(start, (place, acts) => prove({ name: "postgres-server", place, ...acts }));
  } else process.stderr.write(`  postgres left out: ${postgresAbsence}\n`);
}

interface TestServer {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

async function withServer(
  { kind, start }: { readonly kind: AnswerPlace["kind"]; readonly start: () => Promise<TestServer> },
  run: (place: AnswerPlace, acts: Pick<Victim, "killServer" | "startServer">) => Promise<void>,
): Promise<void> {
  const server = await start();
  try {
    await run({ kind, at: server.url }, { killServer: () => server.kill(), startServer: () => server.start() });
  } finally {
    await server.stop();
  }
}

async function killAgainAndAgain(
  victim: Victim,
  cycles: number,
  chance: () => number,
  mode: "whole" | "faulty" = "whole",
): Promise<Tally> {
  const tally: Tally = { said: 0, settled: 0, survived: 0, torn: 0, foreign: 0, revived: 0, forgotten: 0 };
  const storedAtMs = Date.now();
  // Two runs on one server must not find each other's answers.
  const base = Math.floor(chance() * 1_000) * 10_000_000;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const words = await killOnce(victim, base + cycle * 100_000, storedAtMs, 1_300 + chance() * 1_200, mode);
    const store = await openAnswerPlace(victim.place);
    try {
      await countAnswers(store, words, storedAtMs, tally);
      // A server reads all it has when it begins again; what was counted only makes that long.
      if (victim.place.kind !== "sqlite") await store.purge({}, Date.now());
    } finally {
      await store.close();
    }
  }
  return tally;
}

/** One writer, killed so long after its first word. */
async function killOnce(
  { place, killServer, startServer }: Victim,
  first: number,
  storedAtMs: number,
  lifeMs: number,
  mode: string,
): Promise<LastWords> {
  const program = join(import.meta.dirname, "answer-writer.ts");
  const words = [program, JSON.stringify(place), String(first), String(storedAtMs), mode];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const begun = new Promise<void>((resolve) => child.stdout.once("data", () => resolve()));
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  await Promise.race([begun, closed]);
  await pause(lifeMs);
  const killedAtMs = Date.now();
  if (killServer === undefined) child.kill("SIGKILL");
  else await killServer();
  child.kill("SIGKILL");
  await closed;
  await startServer?.();
  const stored = new Map<number, number>();
  const forgotten = new Set<string>();
  const forgets = new Set<string>();
  // A last line without its end was never said.
  for (const line of said.split("\n").slice(0, -1)) {
    const [kind, name = "", atMs] = line.split(" ");
    if (kind === "stored") stored.set(Number(name), Number(atMs));
    else if (kind === "forgot") forgotten.add(name);
    else forgets.add(name);
  }
  if (stored.size === 0) throw new Error(`the writer of ${place.kind} ended before it wrote anything`);
  return { stored, forgotten, begun: forgets, killedAtMs };
}

async function countAnswers(
  store: AnswerStore,
  { stored, forgotten, begun, killedAtMs }: LastWords,
  storedAtMs: number,
  tally: Tally,
): Promise<void> {
  for (const [index, atMs] of stored) {
    const { scope, key } = whereOf(index);
    const { answer } = await store.get(scope, key, storedAtMs);
    const elsewhere = await store.get(whereOf(index + 1).scope, key, storedAtMs);
    if (elsewhere.answer !== null) tally.foreign++;
    tally.said++;
    const tag = doomedTag(index);
    const isForgotten = tag !== null && forgotten.has(tag);
    if (isForgotten) {
      tally.forgotten++;
      if (answer !== null) tally.revived++;
      continue;
    }
    // One that was cut short may hold for one owner and not yet for another: either is right.
    const isSettled = killedAtMs - atMs > settledMs && (tag === null || !begun.has(tag));
    if (isSettled) tally.settled++;
    if (answer === null) continue;
    if (isSettled) tally.survived++;
    if (answer.boughtBy !== BigInt(index)) tally.foreign++;
    else if (Buffer.compare(encodeAnswer(scope, key, answer), wholeBytes(index, storedAtMs)) !== 0) tally.torn++;
  }
}

function wholeBytes(index: number, storedAtMs: number): Uint8Array {
  const { scope, key } = whereOf(index);
  return encodeAnswer(scope, key, answerOfIndex(index, storedAtMs));
}

/** A crash of the machine can leave half of a body: planted in the file, and never served. */
async function tearOnDisk(directory: string): Promise<Result> {
  const database = new DatabaseSync(join(directory, "answers.sqlite"));
  const torn = database
    .prepare(
      `UPDATE bodies SET body = CAST(substr(body, 1, length(body) / 2) || zeroblob(length(body) - length(body) / 2) AS BLOB)
       WHERE id % 20 = 0 RETURNING (SELECT key FROM entries WHERE entries.id = bodies.id) AS key`,
    )
    .all();
  database.close();
  const store = await openAnswerPlace({ kind: "sqlite", at: directory });
  let served = 0;
  for (const { key } of torn) {
    const index = Number(String(key).slice("key-".length));
    if ((await store.get(whereOf(index).scope, whereOf(index).key, Date.now())).answer !== null) served++;
  }
  await store.close();
  return counted("torn-on-disk-and-served", served, torn.length, { op: "==", value: 0 }, "answers");
}

function resultsOf({ name, forgetful = false }: Victim, cycles: number, tally: Tally): readonly Result[] {
  const labels = { store: name };
  const none = { op: "==", value: 0 } as const;
  const survivorsBar = { op: ">=", value: survivorsMin * 100 } as const;
  const share = tally.settled === 0 ? 0 : tally.survived / tally.settled;
  return [
    counted("kill-cycles", cycles, cycles, null, "cycles", labels),
    counted("torn-served", tally.torn, tally.said, none, "answers", labels),
    counted("foreign-served", tally.foreign, tally.said, none, "answers", labels),
    counted("invalidated-served", tally.revived, tally.forgotten, none, "answers", labels),
    counted("older-than-1s-survived", share * 100, tally.settled, forgetful ? null : survivorsBar, "%", labels),
    counted("older-than-1s", tally.settled, tally.said, { op: ">=", value: cycles * 50 }, "answers", labels),
  ];
}
