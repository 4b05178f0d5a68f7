import { beforeEach, expect, test } from "vitest";
import type { Budget } from "../../spec/budget.ts";
import type { LimitStore } from "../../spec/limit-store.ts";
import { createMemoryLimitStore } from "../../stores/memory/limit-store.ts";
import { createFakeClock, type FakeClock } from "../../testing/fake-clock.ts";
import { createBudgetAdmission, type LeasedAdmission } from "./budget-admission.ts";

interface Call {
  readonly name: keyof LimitStore;
  readonly atMs: number;
  readonly words: readonly unknown[];
}

const startMs = 1_767_225_600_000;
const dayMs = 86_400_000;
let clock: FakeClock;
let calls: Call[];
let store: LimitStore;

beforeEach(() => {
  clock = createFakeClock(startMs);
  calls = [];
  const memory = createMemoryLimitStore();
  store = new Proxy(memory, {
    get:
      (target, name: keyof LimitStore) =>
      (...words: never[]) => {
        calls.push({ name, atMs: clock.nowMs() - startMs, words });
        return (target[name] as (...all: never[]) => unknown)(...words);
      },
  });
});

async function begin(over: Partial<Budget> = {}): Promise<LeasedAdmission> {
  const budget: Budget = {
    name: "wide",
    subject: {},
    measure: "usd",
    limit: 10n ** 12n,
    mode: "hard",
    outputQuantile: 0.9,
    window: { kind: "calendar", unit: "month", zone: "UTC" },
    ...over,
  };
  const admission = createBudgetAdmission({ budgets: [budget], store, owner: "a", clock, alarm: () => undefined });
  await admission.start(() => Promise.resolve([]));
  return admission;
}

const usd = (picoUsd: bigint): { picoUsd: bigint; tokens: bigint } => ({ picoUsd, tokens: 0n });
const timesOf = (name: keyof LimitStore): readonly number[] =>
  calls.filter((call) => call.name === name).map((call) => call.atMs);

test("usage is told after a quarter of a second, leases last a minute", async () => {
  const admission = await begin();
  const result = await admission.admit({}, usd(5n), clock.nowMs());
  if ("reservation" in result) result.reservation.settle(usd(5n));
  await clock.advanceAsync(249);
  expect(timesOf("report")).toEqual([]);
  await clock.advanceAsync(1);
  expect(timesOf("report")).toEqual([250]);
  const [lease, report] = ["lease", "report"].map((name) => calls.find((call) => call.name === name)?.words);
  expect(lease?.slice(2)).toEqual([startMs, startMs + 60_000]);
  expect(report?.slice(2)).toEqual([startMs + 250, startMs + 60_250]);
});

test("leases of calls under way are renewed every twenty seconds, and nothing is when there is none", async () => {
  const admission = await begin();
  const result = await admission.admit({}, usd(5n), clock.nowMs());
  await clock.advanceAsync(100_000);
  // The first report gives idle room back; the later ones hold nothing.
  const [giveBack, ...renewals] = timesOf("report");
  expect(giveBack).toBeLessThanOrEqual(1_500);
  expect(renewals).toEqual([1, 2, 3, 4].map((times) => (giveBack ?? 0) + times * 20_000));
  if ("reservation" in result) result.reservation.release();
  await clock.advanceAsync(2_000);
  const before = calls.filter(({ name }) => name === "report").length;
  await clock.advanceAsync(100_000);
  expect(timesOf("report")).toHaveLength(before);
});

test("the dead are swept every ten seconds, old slices forgotten every hour", async () => {
  const admission = await begin();
  await clock.advanceAsync(30_000);
  expect(timesOf("sweep")).toEqual([10_000, 20_000, 30_000]);
  expect(calls.find(({ name }) => name === "sweep")?.words).toEqual([startMs + 10_000]);
  expect(timesOf("forget")).toEqual([10_000]);
  expect(calls.find(({ name }) => name === "forget")?.words).toEqual([startMs + 10_000 - 62 * dayMs]);
  await clock.advanceAsync(3_600_000);
  expect(timesOf("forget")).toEqual([10_000, 3_610_000]);
  await admission.close();
  const sweeps = timesOf("sweep").length;
  await clock.advanceAsync(30_000);
  expect(timesOf("sweep")).toHaveLength(sweeps);
});

test("slices are kept as long as the longest sliding window may count them", async () => {
  await begin({ window: { kind: "sliding", lengthMs: 60 * dayMs } });
  await clock.advanceAsync(10_000);
  expect(calls.find(({ name }) => name === "forget")?.words).toEqual([startMs + 10_000 - 120 * dayMs]);
});

test("many accounts are told in reports of 256", async () => {
  const admission = await begin({ subject: { user: "*" } });
  for (let user = 0; user < 600; user++) {
    const result = await admission.admit({ user: `u${user}` }, usd(1n), clock.nowMs());
    if ("reservation" in result) result.reservation.settle(usd(1n));
  }
  await clock.advanceAsync(250);
  const sizes = calls.filter(({ name }) => name === "report").map(({ words }) => (words[1] as unknown[]).length);
  expect(sizes).toEqual([256, 256, 88]);
});

test("while a report is on its way, what happens waits for the next tick", async () => {
  const admission = await begin();
  let answer: (() => void) | null = null;
  const slow = new Proxy(store, {
    get: (target, name: keyof LimitStore) =>
      name === "report"
        ? (...words: Parameters<LimitStore["report"]>) =>
            new Promise<void>((resolve) => {
              answer = () => resolve(target.report(...words));
            })
        : target[name],
  });
  await admission.close();
  store = slow;
  const other = await begin();
  const settle = async (): Promise<void> => {
    const result = await other.admit({}, usd(1n), clock.nowMs());
    if ("reservation" in result) result.reservation.settle(usd(1n));
  };
  await settle();
  await clock.advanceAsync(250);
  const first = answer;
  await settle();
  await clock.advanceAsync(500);
  expect(answer).toBe(first);
  (first as unknown as () => void)();
  await clock.advanceAsync(250);
  expect(answer).not.toBe(first);
});
