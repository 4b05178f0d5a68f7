import { beforeEach, describe, expect, test } from "vitest";
import type { AdmissionResult, Budget, Reservation, Spend, Subject } from "../../spec/budget.ts";
import type { LimitStore } from "../../spec/limit-store.ts";
import { createMemoryLimitStore } from "../../stores/memory/limit-store.ts";
import { createFakeClock, type FakeClock } from "../../testing/fake-clock.ts";
import { createSlowLimitStore } from "../../testing/slow-limit-store.ts";
import { createBudgetAdmission, type BudgetAdmissionOptions, type LeasedAdmission } from "./budget-admission.ts";

let clock: FakeClock;
let store: LimitStore;
let alarms: string[];

beforeEach(() => {
  clock = createFakeClock();
  store = createMemoryLimitStore();
  alarms = [];
});

function budgetOf(over: Partial<Budget> = {}): Budget {
  return {
    name: "all",
    subject: {},
    measure: "usd",
    limit: 100n,
    window: { kind: "calendar", unit: "day", zone: "UTC" },
    mode: "hard",
    outputQuantile: 0.99,
    ...over,
  };
}

const alarm: BudgetAdmissionOptions["alarm"] = (code, detail) => alarms.push(`${code}: ${detail}`);

/** Three budgets within each other, the key's wide. */
function nested(team: bigint, org: bigint): readonly Budget[] {
  return [
    budgetOf({ name: "key", subject: { key: "*" }, limit: 1_000n }),
    budgetOf({ name: "team", subject: { team: "*" }, limit: team }),
    budgetOf({ name: "org", limit: org }),
  ];
}

const wide: Budget = budgetOf({ limit: 1_000_000n });

function broken(over: Partial<LimitStore>): LimitStore {
  return { ...store, ...over };
}

async function begin(
  budgets: readonly Budget[],
  over: Partial<BudgetAdmissionOptions> = {},
  isSlow = false,
): Promise<LeasedAdmission> {
  const admission = createBudgetAdmission({ budgets, store, owner: "a", clock, alarm, ...over });
  const started = admission.start(() => Promise.resolve([]));
  if (isSlow) await clock.advanceAsync(1_000);
  await started;
  return admission;
}

const usd = (picoUsd: bigint): Spend => ({ picoUsd, tokens: picoUsd * 10n });

async function ask(admission: LeasedAdmission, amount: bigint, subject: Subject = {}): Promise<AdmissionResult> {
  return admission.admit(subject, usd(amount), clock.nowMs());
}

async function take(admission: LeasedAdmission, amount: bigint, subject: Subject = {}): Promise<Reservation> {
  const result = await ask(admission, amount, subject);
  if ("refusal" in result) throw new Error(`refused, ${String(result.refusal.remaining)} left`);
  return result.reservation;
}

const remainingOf = (result: AdmissionResult): bigint | null | "admitted" =>
  "refusal" in result ? result.refusal.remaining : "admitted";

/** Spent, held and presumed of all accounts together. */
async function balance(): Promise<readonly [spent: bigint, held: bigint, presumed: bigint]> {
  let [spent, held, presumed] = [0n, 0n, 0n];
  for (const one of await store.balances(null, 0)) {
    spent += one.spent;
    held += one.held;
    presumed += one.presumed;
  }
  return [spent, held, presumed];
}

describe("a hard budget", () => {
  test("admits as long as there is room, and says what is left and when it comes back", async () => {
    const admission = await begin([budgetOf()]);
    await take(admission, 60n);
    expect(await ask(admission, 41n)).toMatchObject({
      refusal: { account: { budget: { name: "all" } }, remaining: 40n, wanted: 41n, resetsAtMs: 1_767_312_000_000 },
    });
    await take(admission, 40n);
    expect(remainingOf(await ask(admission, 1n))).toBe(0n);
    expect(remainingOf(await ask(admission, 0n))).toBe("admitted");
    expect(await balance()).toEqual([0n, 100n, 0n]);
  });

  test("has room again for what was not used, at once, and for nothing that was", async () => {
    const admission = await begin([budgetOf()]);
    const first = await take(admission, 100n);
    first.settle(usd(30n));
    first.settle(usd(99n));
    first.release();
    const second = await take(admission, 70n);
    second.release();
    second.settle(usd(70n));
    await clock.advanceAsync(0);
    expect(await balance()).toEqual([30n, 0n, 0n]);
    expect(remainingOf(await ask(admission, 71n))).toBe(70n);
  });

  test("counts more than was reserved in full", async () => {
    const admission = await begin([budgetOf()]);
    const [first, second] = [await take(admission, 50n), await take(admission, 50n)];
    first.settle(usd(80n));
    second.settle(usd(50n));
    await clock.advanceAsync(0);
    expect(await balance()).toEqual([130n, 0n, 0n]);
    expect(remainingOf(await ask(admission, 1n))).toBe(-30n);
  });

  test("extends a reservation while there is room, and never one that has ended", async () => {
    const admission = await begin([budgetOf(), budgetOf({ name: "calls", measure: "requests", limit: 1n })]);
    const reservation = await take(admission, 60n);
    expect(await reservation.extend(usd(40n))).toBe(true);
    expect(await reservation.extend(usd(1n))).toBe(false);
    reservation.settle(usd(95n));
    expect(await reservation.extend(usd(1n))).toBe(false);
    await clock.advanceAsync(0);
    expect(await balance()).toEqual([96n, 0n, 0n]);
  });

  test("a reservation that ends while it is extended leaves nothing behind", async () => {
    const admission = await begin(
      [budgetOf()],
      { store: createSlowLimitStore(store, clock, () => 1, { delayMsMax: 5 }) },
      true,
    );
    const asked = ask(admission, 60n);
    await clock.advanceAsync(20);
    const result = await asked;
    if ("refusal" in result) throw new Error("refused");
    const extended = result.reservation.extend(usd(40n));
    result.reservation.release();
    await clock.advanceAsync(100);
    expect(await extended).toBe(false);
    expect(await balance()).toEqual([0n, 0n, 0n]);
  });

  test("settles in the window that the call was admitted in", async () => {
    const admission = await begin([budgetOf({ window: { kind: "calendar", unit: "minute", zone: "UTC" } })]);
    const first = await take(admission, 100n);
    await clock.advanceAsync(60_000);
    await take(admission, 100n);
    first.settle(usd(10n));
    await clock.advanceAsync(1_000);
    const spent = (await store.balances(null, 0)).map((one) => [one.spent, one.held]);
    expect(spent).toEqual([
      [10n, 0n],
      [0n, 100n],
    ]);
  });

  test("of the last minute has room again when the slice has left the window", async () => {
    const admission = await begin([budgetOf({ window: { kind: "sliding", lengthMs: 60_000 } })]);
    (await take(admission, 100n)).settle(usd(100n));
    await clock.advanceAsync(59_000);
    expect(remainingOf(await ask(admission, 1n))).toBe(0n);
    await clock.advanceAsync(2_000);
    await take(admission, 100n);
  });
});

describe("nested budgets", () => {
  test("admit in all accounts or in none, and the first without room is named", async () => {
    const admission = await begin(nested(50n, 40n));
    const refused = await ask(admission, 45n, { key: "k", team: "t" });
    expect(refused).toMatchObject({ refusal: { account: { budget: { name: "org" } }, remaining: 40n } });
    await clock.advanceAsync(1_500);
    expect(await balance()).toEqual([0n, 0n, 0n]);
    expect(await ask(admission, 55n, { key: "k", team: "t" })).toMatchObject({
      refusal: { account: { budget: { name: "team" } } },
    });
    expect(remainingOf(await ask(admission, 55n, { key: "k" }))).toBe(40n);
    await take(admission, 40n, { key: "k" });
  });

  test("a call waits for room that another took and may yet put back", async () => {
    const slow = createSlowLimitStore(store, clock, () => 1, { delayMsMax: 10 });
    const admission = await begin(
      [budgetOf({ name: "wide", limit: 100n }), budgetOf({ name: "team", subject: { team: "*" }, limit: 5n })],
      { store: slow },
      true,
    );
    const warm = ask(admission, 1n, { key: "k" });
    await clock.advanceAsync(40);
    expect(remainingOf(await warm)).toBe("admitted");
    // The lease of the wide budget covers it, the team's does not: this one holds the wide room while it asks.
    const doomed = ask(admission, 7n, { team: "t" });
    const other = ask(admission, 95n);
    await clock.advanceAsync(200);
    expect(remainingOf(await doomed)).toBe(5n);
    expect(remainingOf(await other)).toBe("admitted");
  });

  test("counts nothing against a budget that is not about the call", async () => {
    const admission = await begin([budgetOf({ subject: { key: "*", team: "red" } })]);
    for (const subject of [{}, { key: "k" }, { key: "k", team: "blue" }]) await take(admission, 500n, subject);
    await take(admission, 100n, { key: "k", team: "red" });
    expect(remainingOf(await ask(admission, 1n, { key: "k", team: "red" }))).toBe(0n);
    await take(admission, 100n, { key: "other", team: "red" });
  });

  test("values beyond those remembered share one account", async () => {
    const admission = await begin([budgetOf({ subject: { user: "*" } })], { accountsPerBudgetMax: 2 });
    for (const user of ["one", "two", "three"]) await take(admission, 100n, { user });
    expect(remainingOf(await ask(admission, 1n, { user: "four" }))).toBe(0n);
    expect(remainingOf(await ask(admission, 1n, { user: "three" }))).toBe(0n);
    const ids = (await store.balances(null, 0)).map((one) => one.account);
    expect(ids.filter((id) => id.endsWith(" other"))).toHaveLength(1);
  });
});

describe("leases", () => {
  test("cover calls far from the limit without the store, and without waiting", async () => {
    let leases = 0;
    const counting: LimitStore = { ...store, lease: (...words) => ((leases += 1), store.lease(...words)) };
    const admission = await begin([wide], { store: counting });
    await take(admission, 10n);
    for (let call = 0; call < 200; call++) {
      const result = admission.admit({}, usd(10n), clock.nowMs());
      if (result instanceof Promise || "refusal" in result) throw new Error(`call ${call} had to wait`);
      result.reservation.settle(usd(9n));
      await clock.advanceAsync(5);
    }
    expect(leases).toBeLessThan(40);
  });

  test("are told within a quarter of a second what was used, and give idle room back within two seconds", async () => {
    const admission = await begin([wide]);
    (await take(admission, 10n)).settle(usd(9n));
    await clock.advanceAsync(250);
    const [spent, held] = await balance();
    expect(spent).toBe(9n);
    expect(held).toBeGreaterThan(0n);
    await clock.advanceAsync(1_500);
    expect(await balance()).toEqual([9n, 0n, 0n]);
    expect(clock.pendingTimers).toBe(1);
  });

  test("hold calls under way for as long as they take", async () => {
    const admission = await begin([wide]);
    const call = await take(admission, 10n);
    const other = await begin([wide], { owner: "b" });
    await clock.advanceAsync(600_000);
    expect(await balance()).toEqual([0n, 10n, 0n]);
    call.settle(usd(4n));
    await other.close();
    await admission.close();
    expect(await balance()).toEqual([4n, 0n, 0n]);
  });

  test("of a process that died are presumed spent, and recomputed when its owner begins again", async () => {
    const dead = createFakeClock();
    const first = createBudgetAdmission({
      budgets: [budgetOf()],
      store,
      owner: "a",
      clock: dead,
      alarm: () => undefined,
    });
    await first.start(() => Promise.resolve([]));
    await take(first, 70n);
    const other = await begin([budgetOf()], { owner: "b" });
    await clock.advanceAsync(75_000);
    expect(await balance()).toEqual([0n, 0n, 70n]);
    expect(remainingOf(await ask(other, 31n))).toBe(30n);
    const asked: unknown[] = [];
    const again = createBudgetAdmission({ budgets: [budgetOf()], store, owner: "a", clock, alarm: () => undefined });
    expect(await ask(again, 1n)).toMatchObject({ refusal: { remaining: null } });
    await again.start((keys) => {
      asked.push(...keys);
      return Promise.resolve(keys.map((key) => ({ ...key, spent: 25n })));
    });
    expect(asked).toEqual([{ account: '"all" usd day@UTC {}', sliceStartMs: 1_767_225_600_000 }]);
    expect(await balance()).toEqual([25n, 0n, 0n]);
    await take(again, 75n);
  });

  test("serve a changed config: what was spent counts, and calls under way settle where they were admitted", async () => {
    const admission = await begin([budgetOf()]);
    const call = await take(admission, 60n);
    admission.replaceBudgets([budgetOf({ limit: 150n }), budgetOf({ name: "new", limit: 1_000n })]);
    expect(remainingOf(await ask(admission, 91n))).toBe(90n);
    call.settle(usd(50n));
    await take(admission, 100n);
    await admission.close();
    expect((await store.balances(null, 0)).map((one) => [one.spent, one.held])).toEqual([
      [50n, 100n],
      [0n, 100n],
    ]);
  });
});

describe("a store in trouble", () => {
  test("that fails: hard budgets refuse, soft ones admit, both alarm, and usage is told when it is back", async () => {
    let down = true;
    const lease: LimitStore["lease"] = (...words) =>
      down ? Promise.reject(new Error("disk full")) : store.lease(...words);
    const report: LimitStore["report"] = (...words) =>
      down ? Promise.reject(new Error("disk full")) : store.report(...words);
    const hard = await begin([budgetOf()], { store: broken({ lease, report }) });
    expect(remainingOf(await ask(hard, 1n))).toBe(null);
    const soft = await begin([budgetOf({ name: "soft", mode: "soft" })], { store: broken({ lease, report }) });
    (await take(soft, 7n)).settle(usd(6n));
    await clock.advanceAsync(1_000);
    expect(alarms).toContain("budget-unavailable: disk full");
    expect(await balance()).toEqual([0n, 0n, 0n]);
    down = false;
    await clock.advanceAsync(1_000);
    expect(await balance()).toEqual([6n, 0n, 0n]);
  });

  test("that does not answer: the call waits no longer than its limit, and a late lease goes back", async () => {
    const slow = createSlowLimitStore(store, clock, () => 1, { delayMsMax: 300 });
    const admission = await begin([budgetOf()], { store: slow }, true);
    const asked = ask(admission, 60n);
    await clock.advanceAsync(250);
    expect(remainingOf(await asked)).toBe(null);
    expect(alarms).toEqual(["budget-unavailable: no answer within 250 ms"]);
    await clock.advanceAsync(350);
    await clock.advanceAsync(2_000);
    expect(await balance()).toEqual([0n, 0n, 0n]);
  });

  test("at the start: it is tried again, and hard budgets refuse until then", async () => {
    let tries = 0;
    const leasedBy: LimitStore["leasedBy"] = (owner) =>
      (tries += 1) < 3 ? Promise.reject(new Error("locked")) : store.leasedBy(owner);
    const admission = await begin([budgetOf()], { store: broken({ leasedBy }) });
    expect(remainingOf(await ask(admission, 1n))).toBe(null);
    await clock.advanceAsync(2_000);
    await take(admission, 1n);
    expect(tries).toBe(3);
  });

  test("at the start: one that ends meanwhile tries no more", async () => {
    let tries = 0;
    const leasedBy: LimitStore["leasedBy"] = () => ((tries += 1), Promise.reject(new Error("locked")));
    const admission = await begin([budgetOf()], { store: broken({ leasedBy }) });
    await clock.advanceAsync(999);
    expect(tries).toBe(1);
    await clock.advanceAsync(1);
    expect(tries).toBe(2);
    await admission.close();
    await clock.advanceAsync(5_000);
    expect(tries).toBeLessThanOrEqual(3);
  });

  test("at the end: what fails is told again, and a store that hangs is not waited for longer than ten seconds", async () => {
    let failures = 3;
    const report: LimitStore["report"] = (...words) =>
      (failures -= 1) >= 0 ? Promise.reject(new Error("locked")) : store.report(...words);
    const admission = await begin([wide], { store: broken({ report }) });
    (await take(admission, 7n)).settle(usd(6n));
    await admission.close();
    expect(await balance()).toEqual([6n, 0n, 0n]);

    const hanging = await begin([wide], { store: broken({ report: () => new Promise<never>(() => undefined) }) });
    (await take(hanging, 7n)).settle(usd(6n));
    const closed = hanging.close();
    await clock.advanceAsync(10_000);
    await closed;
  });

  test("a call that settles after the end is told at once", async () => {
    const admission = await begin([wide]);
    const late = await take(admission, 7n);
    await admission.close();
    expect((await balance())[1]).toBe(7n);
    late.settle(usd(6n));
    await clock.advanceAsync(0);
    expect(await balance()).toEqual([6n, 0n, 0n]);
  });

  test("a closed admission refuses", async () => {
    const admission = await begin([budgetOf()]);
    await admission.close();
    expect(remainingOf(await ask(admission, 1n))).toBe(null);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a soft budget", () => {
  test("admits beyond its limit, says so, counts it, and stops saying so when there is room again", async () => {
    const admission = await begin([
      budgetOf({ mode: "soft", window: { kind: "calendar", unit: "minute", zone: "UTC" } }),
    ]);
    const first = await take(admission, 90n);
    expect(first.exceeded).toEqual([]);
    const second = await take(admission, 20n);
    expect(second.exceeded.map((account) => account.budget.name)).toEqual(["all"]);
    first.release();
    second.settle(usd(20n));
    await clock.advanceAsync(1_100);
    expect((await take(admission, 20n)).exceeded).toEqual([]);
    expect((await balance())[0]).toBe(20n);
  });

  test("asks with its limit again after a second, and not before", async () => {
    const limits: (bigint | null)[] = [];
    const lease: LimitStore["lease"] = (owner, asks, ...times) => {
      limits.push(...asks.map(({ limit }) => limit));
      return store.lease(owner, asks, ...times);
    };
    const admission = await begin([budgetOf({ mode: "soft", limit: 10n })], { store: broken({ lease }) });
    await take(admission, 20n);
    expect(limits).toEqual([10n, null]);
    await clock.advanceAsync(999);
    expect((await take(admission, 500n)).exceeded).toHaveLength(1);
    expect(limits).toEqual([10n, null, null]);
    await clock.advanceAsync(1);
    expect((await take(admission, 1n)).exceeded).toHaveLength(1);
    expect(limits).toEqual([10n, null, null, 10n, null]);
  });

  test("does not let a hard one beside it be passed", async () => {
    const admission = await begin([budgetOf({ mode: "soft", limit: 10n }), budgetOf({ name: "hard", limit: 50n })]);
    expect((await take(admission, 20n)).exceeded).toHaveLength(1);
    expect(await ask(admission, 40n)).toMatchObject({
      refusal: { account: { budget: { name: "hard" } }, remaining: 30n },
    });
  });
});
