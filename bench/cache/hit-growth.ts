// `npm run bench:cache-growth`: what a hit costs while the store in memory holds a thousand to a million answers.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Farthing } from "../../src/library/create-farthing.ts";
import type { Random } from "../../src/spec/clock.ts";
import {
  createMemoryAnswerStore,
  type MemoryAnswerStore,
} from "../../src/stores/memory/answers/memory-answer-store.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import { median, printMeasurement, readFlags, spread, type Result } from "../measurement.ts";
import { answerFor, chatPath, checkHolds, createFilledEngine, requestFor } from "./filled-engine.ts";
import { readPlaces, type StoredPlaces } from "./stored-places.ts";

/** Room for a million answers of about a kilobyte with their heads. */
const bytesMax = 2 * 2 ** 30;
const growthMax = 0.1;
/** Rounds before times count: the engine's functions are compiled on the way. */
const warmUpRounds = 8;

interface Subject {
  readonly entries: number;
  readonly store: MemoryAnswerStore;
  readonly engine: Farthing;
  readonly places: StoredPlaces;
  readonly wholeUs: number[];
  readonly lookUpUs: number[];
}

async function prepare(entries: number, directory: string): Promise<Subject> {
  const store = createMemoryAnswerStore({ bytesMax });
  const engine = await createFilledEngine(store, entries, directory);
  return { entries, store, engine, places: await readPlaces(store), wholeUs: [], lookUpUs: [] };
}

/** Numbers of stored answers, drawn evenly: real questions repeat unevenly, which spares the processor's caches. */
function draw(entries: number, hits: number, random: Random): readonly number[] {
  return Array.from({ length: hits }, () => Math.floor(random() * entries));
}

async function askWhole({ engine, entries, wholeUs }: Subject, hits: number, random: Random): Promise<void> {
  const drawn = draw(entries, hits, random);
  const requests = drawn.map(requestFor);
  const replies: ArrayBuffer[] = [];
  const before = process.cpuUsage();
  for (const request of requests) {
    const response = await engine.fetch(chatPath, request);
    replies.push(await response.arrayBuffer());
    const did = response.headers.get("x-farthing-cache");
    if (response.status !== 200 || did !== "hit") throw new Error(`no hit: status ${response.status}, ${did}`);
  }
  wholeUs.push(cpuUsSince(before) / hits);
  const wrong = drawn.find((index, at) => !answerFor(index).equals(Buffer.from(replies[at] ?? new ArrayBuffer())));
  if (wrong !== undefined) throw new Error(`question ${wrong} was given another one's answer`);
}

function lookUp({ store, places, lookUpUs }: Subject, hits: number, random: Random): void {
  const keys = draw(places.count, hits, random).map(places.keyAt);
  const nowMs = Date.now();
  const before = process.cpuUsage();
  for (const key of keys) {
    const { answer } = store.get(places.scope, key, nowMs);
    if (answer === null) throw new Error("a lookup was no hit");
  }
  lookUpUs.push(cpuUsSince(before) / hits);
}

function cpuUsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function figures(subjects: readonly Subject[]): readonly Result[] {
  const [least] = subjects;
  const base = Math.min(...(least?.wholeUs ?? []));
  return subjects.flatMap(({ entries, wholeUs, lookUpUs }) => {
    const labels = { entries: String(entries) };
    const figure = (name: string, rounds: readonly number[]): Result => {
      return {
        name,
        labels,
        value: Math.min(...rounds),
        unit: "us",
        n: rounds.length,
        interval: spread(rounds),
        bar: null,
      };
    };
    const growth = Math.min(...wholeUs) / base - 1;
    const inTurn = wholeUs.map((us, round) => us / (least?.wholeUs[round] ?? Number.NaN) - 1);
    const bar = { op: "<=", value: growthMax } as const;
    return [
      figure("hit-cpu", wholeUs),
      figure("look-up-cpu", lookUpUs),
      { name: "hit-cpu-growth", labels, value: growth, unit: "share", n: wholeUs.length, interval: null, bar },
      { ...figure("hit-cpu-growth-median", inTurn), value: median(inTurn), unit: "share" },
    ];
  });
}

const flags = readFlags(process.argv.slice(2));
const sizes = flags.quick ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
// Rounds of some 50 ms: what else runs on a machine leaves one of that length alone far more often than a longer one, and
// the least disturbed rounds of all sizes are compared. Of 120 rounds a loud machine left too few alone: six runs put the growth
// at a million anywhere from -0.4 to +13 %.
const [rounds, hits] = flags.quick ? [20, 500] : [400, 500];
const scratch = mkdtempSync(join(tmpdir(), "farthing-bench-growth-"));
const subjects: Subject[] = [];
try {
  for (const entries of sizes) subjects.push(await prepare(entries, join(scratch, String(entries))));
  const random = createSeededRandom(flags.seed);
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const subject of subjects) {
      await askWhole(subject, hits, random);
      lookUp(subject, hits, random);
      if (round < 0) subject.wholeUs.length = subject.lookUpUs.length = 0;
    }
  }
  for (const { store, entries } of subjects) await checkHolds(store, entries);
} finally {
  for (const { engine } of subjects) await engine.close();
  rmSync(scratch, { recursive: true, force: true });
}
printMeasurement(
  { command: "bench:cache-growth", seed: flags.seed, load: { sizes, rounds, hits }, results: figures(subjects) },
  flags,
);
