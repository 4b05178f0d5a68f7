import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { AnswerStore } from "../../src/spec/answer-store.ts";
import type { Clock } from "../../src/spec/clock.ts";
import { createTieredAnswerStore } from "../../src/stores/answers/tiered-answer-store.ts";
import { createMemoryAnswerStore } from "../../src/stores/memory/answers/memory-answer-store.ts";
import { openSqliteAnswerStore } from "../../src/stores/sqlite/answers/open-answer-store.ts";
import { createFakeClock } from "../../src/testing/fake-clock.ts";
import { MapAnswerStore } from "../../src/testing/map-answer-store.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";
import type { Result } from "../measurement.ts";
import { CacheSchedule, emptySums, type FreshnessSubject, type ScheduleSums } from "./cache-schedule.ts";
import { counted, withScratch, type ProofOptions } from "./proof.ts";

const bytesMax = 1 << 20;
const schedulesFull = 10_000;
const schedulesQuick = 300;
/** A file on disk is opened again at every restart, which takes most of the time: there are fewer. */
const schedulesOnDisk = 1_000;
const schedulesOnDiskQuick = 5;
/** Schedules that go on at once: opening a file is mostly waiting for its threads. */
const atOnce = 4;

/** How a subject is made, and in how many schedules it is judged. */
interface Case {
  readonly name: string;
  readonly schedules: number;
  readonly open: (schedule: number) => Promise<FreshnessSubject>;
}

/**
 * Claim: whatever order lookups, answers on their way, invalidations, purges and restarts come in, nothing is served at
 * or after its end or once it was forgotten, and what may be served is. Time is simulated. A store that stores with a
 * ticket of the moment, not of its lookup, must be caught by the same schedules.
 */
export async function proveCacheFreshness({ seed, quick }: ProofOptions): Promise<readonly Result[]> {
  const schedules = quick ? schedulesQuick : schedulesFull;
  return withScratch(async (directory) => {
    const onDisk = quick ? schedulesOnDiskQuick : schedulesOnDisk;
    const cases: readonly Case[] = [
      { name: "memory", schedules, open: () => Promise.resolve(inMemory()) },
      { name: "two tiers", schedules, open: () => Promise.resolve(twoTiers(createMemoryAnswerStore({ bytesMax }))) },
      { name: "tier over sqlite", schedules: onDisk, open: (index) => overSqlite(join(directory, String(index))) },
    ];
    const results: Result[] = [];
    for (const each of cases) results.push(...judge(each.name, each.schedules, await runCase(each, seed)));
    const planted = await runCase(
      { name: "planted", schedules: schedulesQuick, open: () => Promise.resolve(forgetful()) },
      seed,
    );
    results.push(
      counted("cache-fault-noticed", planted.servedAfterForgetting, schedulesQuick, { op: ">=", value: 1 }, "answers"),
    );
    return results;
  });
}

async function runCase({ schedules, open }: Case, seed: number): Promise<ScheduleSums> {
  const sums = emptySums();
  const indices = Array.from({ length: schedules }, (_, index) => index).values();
  const runThrough = async (): Promise<void> => {
    // Each index is taken by one of them; all count into the same sums.
    for (const index of indices) {
      const random = createSeededRandom(seed * 1_000_003 + index);
      const subject = await open(index);
      await new CacheSchedule(random, subject, ["a", "b"], 1_767_225_600_000, sums).run();
      for (const face of subject.faces) await face.close();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runThrough));
  return sums;
}

function judge(store: string, schedules: number, sums: ScheduleSums): readonly Result[] {
  const none = { op: "==", value: 0 } as const;
  const line = (name: string, value: number, bar: Result["bar"], unit = "answers"): Result =>
    counted(name, value, schedules, bar, unit, { store });
  return [
    line("cache-served-after-end", sums.servedAfterEnd, none),
    line("cache-served-after-forgetting", sums.servedAfterForgetting, none),
    line("cache-served-elsewhere", sums.servedElsewhere, none),
    line("cache-hits-off-model", Math.abs(sums.hits / sums.modelHits - 1), { op: "<=", value: 0.01 }, "share"),
    line("cache-lookups", sums.lookups, null, "lookups"),
    line("cache-hits", sums.hits, null, "lookups"),
  ];
}

function inMemory(): FreshnessSubject {
  const faces = [createMemoryAnswerStore({ bytesMax })];
  return {
    faces,
    restart: () => {
      faces[0] = createMemoryAnswerStore({ bytesMax });
      return Promise.resolve(true);
    },
  };
}

/** Two processes with a tier each before one store. */
function twoTiers(back: AnswerStore): FreshnessSubject {
  const open = (): AnswerStore => createTieredAnswerStore({ bytesMax, back });
  const faces = [open(), open()];
  return {
    faces,
    restart: (face) => {
      faces[face] = open();
      return Promise.resolve(false);
    },
  };
}

/** A process with a tier before the file that it opens again. */
async function overSqlite(directory: string): Promise<FreshnessSubject> {
  mkdirSync(directory);
  const clock: Clock = createFakeClock();
  const open = async (): Promise<AnswerStore> =>
    createTieredAnswerStore({
      bytesMax,
      back: await openSqliteAnswerStore({
        directory,
        bytesMax: 16 * bytesMax,
        clock,
        alarm: () => undefined,
        gatherMs: 0,
      }),
    });
  const faces = [await open()];
  return {
    faces,
    restart: async () => {
      await faces[0]?.close();
      faces[0] = await open();
      return false;
    },
  };
}

/** The planted fault: it stores with the ticket of the moment. */
class ForgetfulStore extends MapAnswerStore {
  override set(...[scope, key, answer]: Parameters<MapAnswerStore["set"]>): void {
    super.set(scope, key, answer, this.ticketOf(scope.owner));
  }
}

function forgetful(): FreshnessSubject {
  return { faces: [new ForgetfulStore()], restart: () => Promise.resolve(false) };
}
