import { beforeEach, describe, expect, test } from "vitest";
import { createSlowLimitStore } from "../../testing/slow-limit-store.ts";
import { createAdmissionBench, nested, remainingOf, usd, type AdmissionBench } from "./test-admission.ts";
import { budgetOf } from "./test-desk.ts";

let bench: AdmissionBench;
beforeEach(() => {
  bench = createAdmissionBench();
});

describe("a hard budget", () => {
  test("admits as long as there is room, and says what is left and when it comes back", async () => {
    const admission = await bench.begin([budgetOf()]);
    await bench.take(admission, 60n);
    expect(await bench.ask(admission, 41n)).toMatchObject({
      refusal: { account: { budget: { name: "all" } }, remaining: 40n, wanted: 41n, resetsAtMs: 1_767_312_000_000 },
    });
    await bench.take(admission, 40n);
    expect(remainingOf(await bench.ask(admission, 1n))).toBe(0n);
    expect(remainingOf(await bench.ask(admission, 0n))).toBe("admitted");
    expect(await bench.balance()).toEqual([0n, 100n, 0n]);
  });

  test("has room again for what was not used, at once, and for nothing that was", async () => {
    const admission = await bench.begin([budgetOf()]);
    const first = await bench.take(admission, 100n);
    first.settle(usd(30n));
    first.settle(usd(99n));
    first.release();
    const second = await bench.take(admission, 70n);
    second.release();
    second.settle(usd(70n));
    await bench.clock.advanceAsync(0);
    expect(await bench.balance()).toEqual([30n, 0n, 0n]);
    expect(remainingOf(await bench.ask(admission, 71n))).toBe(70n);
  });

  test("counts more than was reserved in full", async () => {
    const admission = await bench.begin([budgetOf()]);
    const [first, second] = [await bench.take(admission, 50n), await bench.take(admission, 50n)];
    first.settle(usd(80n));
    second.settle(usd(50n));
    await bench.clock.advanceAsync(0);
    expect(await bench.balance()).toEqual([130n, 0n, 0n]);
    expect(remainingOf(await bench.ask(admission, 1n))).toBe(-30n);
  });

  test("extends a reservation while there is room, and never one that has ended", async () => {
    const admission = await bench.begin([budgetOf(), budgetOf({ name: "calls", measure: "requests", limit: 1n })]);
    const reservation = await bench.take(admission, 60n);
    expect(await reservation.extend(usd(40n))).toBe(true);
    expect(await reservation.extend(usd(1n))).toBe(false);
    reservation.settle(usd(95n));
    expect(await reservation.extend(usd(1n))).toBe(false);
    await bench.clock.advanceAsync(0);
    expect(await bench.balance()).toEqual([96n, 0n, 0n]);
  });

  test("a reservation that ends while it is extended leaves nothing behind", async () => {
    const admission = await bench.begin(
      [budgetOf()],
      { store: createSlowLimitStore(bench.store, bench.clock, () => 1, { delayMsMax: 5 }) },
      true,
    );
    const asked = bench.ask(admission, 60n);
    await bench.clock.advanceAsync(20);
    const result = await asked;
    if ("refusal" in result) throw new Error("refused");
    const extended = result.reservation.extend(usd(40n));
    result.reservation.release();
    await bench.clock.advanceAsync(100);
    expect(await extended).toBe(false);
    expect(await bench.balance()).toEqual([0n, 0n, 0n]);
  });

  test("settles in the window that the call was admitted in", async () => {
    const admission = await bench.begin([budgetOf({ window: { kind: "calendar", unit: "minute", zone: "UTC" } })]);
    const first = await bench.take(admission, 100n);
    await bench.clock.advanceAsync(60_000);
    await bench.take(admission, 100n);
    first.settle(usd(10n));
    await bench.clock.advanceAsync(1_000);
    const spent = (await bench.store.balances(null, 0)).map((one) => [one.spent, one.held]);
    expect(spent).toEqual([
      [10n, 0n],
      [0n, 100n],
    ]);
  });

  test("of the last minute has room again when the slice has left the window", async () => {
    const admission = await bench.begin([budgetOf({ window: { kind: "sliding", lengthMs: 60_000 } })]);
    (await bench.take(admission, 100n)).settle(usd(100n));
    await bench.clock.advanceAsync(59_000);
    expect(remainingOf(await bench.ask(admission, 1n))).toBe(0n);
    await bench.clock.advanceAsync(2_000);
    await bench.take(admission, 100n);
  });
});

describe("nested budgets", () => {
  test("admit in all accounts or in none, and the first without room is named", async () => {
    const admission = await bench.begin(nested(50n, 40n));
    const refused = await bench.ask(admission, 45n, { key: "k", team: "t" });
    expect(refused).toMatchObject({ refusal: { account: { budget: { name: "org" } }, remaining: 40n } });
    await bench.clock.advanceAsync(1_500);
    expect(await bench.balance()).toEqual([0n, 0n, 0n]);
    expect(await bench.ask(admission, 55n, { key: "k", team: "t" })).toMatchObject({
      refusal: { account: { budget: { name: "team" } } },
    });
    expect(remainingOf(await bench.ask(admission, 55n, { key: "k" }))).toBe(40n);
    await bench.take(admission, 40n, { key: "k" });
  });

  test("a call waits for room that another took and may yet put back", async () => {
    const slow = createSlowLimitStore(bench.store, bench.clock, () => 1, { delayMsMax: 10 });
    const admission = await bench.begin(
      [budgetOf({ name: "wide", limit: 100n }), budgetOf({ name: "team", subject: { team: "*" }, limit: 5n })],
      { store: slow },
      true,
    );
    const warm = bench.ask(admission, 1n, { key: "k" });
    await bench.clock.advanceAsync(40);
    expect(remainingOf(await warm)).toBe("admitted");
    // The lease of the wide budget covers it, the team's does not: this one holds the wide room while it asks.
    const doomed = bench.ask(admission, 7n, { team: "t" });
    const other = bench.ask(admission, 95n);
    await bench.clock.advanceAsync(200);
    expect(remainingOf(await doomed)).toBe(5n);
    expect(remainingOf(await other)).toBe("admitted");
  });

  test("counts nothing against a budget that is not about the call", async () => {
    const admission = await bench.begin([budgetOf({ subject: { key: "*", team: "red" } })]);
    for (const subject of [{}, { key: "k" }, { key: "k", team: "blue" }]) await bench.take(admission, 500n, subject);
    await bench.take(admission, 100n, { key: "k", team: "red" });
    expect(remainingOf(await bench.ask(admission, 1n, { key: "k", team: "red" }))).toBe(0n);
    await bench.take(admission, 100n, { key: "other", team: "red" });
  });

  test("values beyond those remembered share one account", async () => {
    const admission = await bench.begin([budgetOf({ subject: { user: "*" } })], { accountsPerBudgetMax: 2 });
    for (const user of ["one", "two", "three"]) await bench.take(admission, 100n, { user });
    expect(remainingOf(await bench.ask(admission, 1n, { user: "four" }))).toBe(0n);
    expect(remainingOf(await bench.ask(admission, 1n, { user: "three" }))).toBe(0n);
    const ids = (await bench.store.balances(null, 0)).map((one) => one.account);
    expect(ids.filter((id) => id.endsWith(" other"))).toHaveLength(1);
  });
});
