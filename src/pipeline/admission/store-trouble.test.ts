import { beforeEach, describe, expect, test } from "vitest";
import type { LimitStore } from "../../spec/limit-store.ts";
import { createSlowLimitStore } from "../../testing/slow-limit-store.ts";
import { createAdmissionBench, remainingOf, usd, wide, type AdmissionBench } from "./test-admission.ts";
import { budgetOf } from "./test-desk.ts";

let bench: AdmissionBench;
beforeEach(() => {
  bench = createAdmissionBench();
});

describe("a store in trouble", () => {
  test("that fails: hard budgets refuse, soft ones admit, both alarm, and usage is told when it is back", async () => {
    let down = true;
    const lease: LimitStore["lease"] = (...words) =>
      down ? Promise.reject(new Error("disk full")) : bench.store.lease(...words);
    const report: LimitStore["report"] = (...words) =>
      down ? Promise.reject(new Error("disk full")) : bench.store.report(...words);
    const hard = await bench.begin([budgetOf()], { store: bench.broken({ lease, report }) });
    expect(remainingOf(await bench.ask(hard, 1n))).toBe(null);
    const soft = await bench.begin([budgetOf({ name: "soft", mode: "soft" })], {
      store: bench.broken({ lease, report }),
    });
    (await bench.take(soft, 7n)).settle(usd(6n));
    await bench.clock.advanceAsync(1_000);
    expect(bench.alarms).toContain("budget-unavailable: disk full");
    expect(await bench.balance()).toEqual([0n, 0n, 0n]);
    down = false;
    await bench.clock.advanceAsync(1_000);
    expect(await bench.balance()).toEqual([6n, 0n, 0n]);
  });

  test("that does not answer: the call waits no longer than its limit, and a late lease goes back", async () => {
    const slow = createSlowLimitStore(bench.store, bench.clock, () => 1, { delayMsMax: 300 });
    const admission = await bench.begin([budgetOf()], { store: slow }, true);
    const asked = bench.ask(admission, 60n);
    await bench.clock.advanceAsync(250);
    expect(remainingOf(await asked)).toBe(null);
    expect(bench.alarms).toEqual(["budget-unavailable: no answer within 250 ms"]);
    await bench.clock.advanceAsync(350);
    await bench.clock.advanceAsync(2_000);
    expect(await bench.balance()).toEqual([0n, 0n, 0n]);
  });

  test("at the start: it is tried again, and hard budgets refuse until then", async () => {
    let tries = 0;
    const leasedBy: LimitStore["leasedBy"] = (owner) =>
      (tries += 1) < 3 ? Promise.reject(new Error("locked")) : bench.store.leasedBy(owner);
    const admission = await bench.begin([budgetOf()], { store: bench.broken({ leasedBy }) });
    expect(remainingOf(await bench.ask(admission, 1n))).toBe(null);
    await bench.clock.advanceAsync(2_000);
    await bench.take(admission, 1n);
    expect(tries).toBe(3);
  });

  test("at the start: one that ends meanwhile tries no more", async () => {
    let tries = 0;
    const leasedBy: LimitStore["leasedBy"] = () => ((tries += 1), Promise.reject(new Error("locked")));
    const admission = await bench.begin([budgetOf()], { store: bench.broken({ leasedBy }) });
    await bench.clock.advanceAsync(999);
    expect(tries).toBe(1);
    await bench.clock.advanceAsync(1);
    expect(tries).toBe(2);
    await admission.close();
    await bench.clock.advanceAsync(5_000);
    expect(tries).toBeLessThanOrEqual(3);
  });

  test("at the end: what fails is told again, and a store that hangs is not waited for longer than ten seconds", async () => {
    let failures = 3;
    const report: LimitStore["report"] = (...words) =>
      (failures -= 1) >= 0 ? Promise.reject(new Error("locked")) : bench.store.report(...words);
    const admission = await bench.begin([wide], { store: bench.broken({ report }) });
    (await bench.take(admission, 7n)).settle(usd(6n));
    await admission.close();
    expect(await bench.balance()).toEqual([6n, 0n, 0n]);

    const hanging = await bench.begin([wide], {
      store: bench.broken({ report: () => new Promise<never>(() => undefined) }),
    });
    (await bench.take(hanging, 7n)).settle(usd(6n));
    const closed = hanging.close();
    await bench.clock.advanceAsync(10_000);
    await closed;
  });

  test("a call that settles after the end is told at once", async () => {
    const admission = await bench.begin([wide]);
    const late = await bench.take(admission, 7n);
    await admission.close();
    expect((await bench.balance())[1]).toBe(7n);
    late.settle(usd(6n));
    await bench.clock.advanceAsync(0);
    expect(await bench.balance()).toEqual([6n, 0n, 0n]);
  });

  test("a closed admission refuses", async () => {
    const admission = await bench.begin([budgetOf()]);
    await admission.close();
    expect(remainingOf(await bench.ask(admission, 1n))).toBe(null);
    expect(bench.clock.pendingTimers).toBe(0);
  });
});
