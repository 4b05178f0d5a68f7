import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Budget } from "../../spec/budget.ts";
import { createMemoryLimitStore } from "../../stores/memory/limit-store.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createSeededRandom } from "../../testing/seeded-random.ts";
import { createSlowLimitStore } from "../../testing/slow-limit-store.ts";
import { createBudgetAdmission } from "./budget-admission.ts";
import { budgetOf } from "./test-desk.ts";

const keys = ["a", "b", "c"] as const;

interface Race {
  readonly reservation: bigint;
  /** Of each key, and of all together. */
  readonly perKey: bigint;
  readonly all: bigint;
  /** The keys of the calls, in their order. */
  readonly calls: readonly (typeof keys)[number][];
  /** Calls that one key made before, which leave leases with room on top. */
  readonly warm: number;
  /** Waited after every fifth call, so that answers fall in between; 0: all call in one turn. */
  readonly pauseMs: number;
  readonly isOrgFirst: boolean;
  readonly seed: number;
}

/** Limits from nothing to well beyond 64 reservations, where leases begin to have room on top. */
const timesReservation = fc.bigInt({ min: 0n, max: 120n });
const races: fc.Arbitrary<Race> = fc
  .record({
    reservation: fc.bigInt({ min: 1n, max: 5n }),
    perKeyTimes: timesReservation,
    allTimes: timesReservation,
    rest: fc.bigInt({ min: 0n, max: 4n }),
    calls: fc.array(fc.constantFrom(...keys), { minLength: 20, maxLength: 160, size: "max" }),
    warm: fc.integer({ min: 0, max: 3 }),
    pauseMs: fc.integer({ min: 0, max: 3 }),
    isOrgFirst: fc.boolean(),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
  })
  .map(({ reservation, perKeyTimes, allTimes, rest, ...race }) => ({
    ...race,
    reservation,
    perKey: perKeyTimes * reservation + rest,
    all: allTimes * reservation + rest,
  }));

function alarm(code: string, detail: string): never {
  throw new Error(`${code}: ${detail}`);
}

/** Calls on a store whose answers take up to 10 ms. Returns how many were admitted, the warm ones with them. */
async function run({ reservation, perKey, all, calls, warm, pauseMs, isOrgFirst, seed }: Race): Promise<number> {
  const clock = createFakeClock();
  const own = budgetOf({ name: "key", subject: { key: "*" }, limit: perKey });
  const org = budgetOf({ name: "org", limit: all });
  const budgets: readonly Budget[] = isOrgFirst ? [org, own] : [own, org];
  const store = createSlowLimitStore(createMemoryLimitStore(), clock, createSeededRandom(seed), { delayMsMax: 5 });
  const admission = createBudgetAdmission({ budgets, store, owner: "a", clock, alarm, waitMsMax: 60_000 });
  void admission.start(() => Promise.resolve([]));
  await clock.advanceAsync(20);
  let admitted = 0;
  const admit = async (key: string): Promise<void> => {
    const result = await admission.admit({ key }, { picoUsd: reservation, tokens: 0n }, clock.nowMs());
    if ("reservation" in result) admitted += 1;
  };
  for (let call = 0; call < warm; call++) {
    void admit("a");
    await clock.advanceAsync(30);
  }
  const raced: Promise<void>[] = [];
  for (const [place, key] of calls.entries()) {
    raced.push(admit(key));
    if (pauseMs > 0 && place % 5 === 4) await clock.advanceAsync(pauseMs);
  }
  await clock.advanceAsync(10_000);
  await Promise.all(raced);
  return admitted;
}

/** The same by division: as many of each key as its own limit has room for, and no more than fit into the limit of all. */
function expected({ reservation, perKey, all, calls, warm }: Race): number {
  const asked = keys.map((key) => calls.filter((one) => one === key).length + (key === "a" ? warm : 0));
  const fit = asked.reduce((sum, count) => sum + Math.min(count, Number(perKey / reservation)), 0);
  return Math.min(fit, Number(all / reservation));
}

test(
  "a race in one process admits exactly as many calls as there is room for, at every distance from the limits",
  { timeout: 60_000 },
  async () => {
    let [admitted, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(races, async (race) => {
        const count = await run(race);
        expect(count).toBe(expected(race));
        admitted += count;
        refused += race.calls.length + race.warm - count;
      }),
      { numRuns: 200 },
    );
    expect(admitted).toBeGreaterThan(3_000);
    expect(refused).toBeGreaterThan(3_000);
  },
);
