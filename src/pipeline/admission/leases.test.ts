import { beforeEach, describe, expect, test } from "vitest";
import type { LimitStore } from "../../spec/limit-store.ts";
import { createFakeClock } from "../../testing/fake-clock.ts";
import { createBudgetAdmission } from "./budget-admission.ts";
import { createAdmissionBench, remainingOf, usd, wide, type AdmissionBench } from "./test-admission.ts";
import { budgetOf } from "./test-desk.ts";

let bench: AdmissionBench;
beforeEach(() => {
  bench = createAdmissionBench();
});

describe("leases", () => {
  test("cover calls far from the limit without the store, and without waiting", async () => {
    let leases = 0;
    const counting: LimitStore = { ...bench.store, lease: (...words) => ((leases += 1), bench.store.lease(...words)) };
    const admission = await bench.begin([wide], { store: counting });
    await bench.take(admission, 10n);
    for (let call = 0; call < 200; call++) {
      const result = admission.admit({}, usd(10n), bench.clock.nowMs());
      if (result instanceof Promise || "refusal" in result) throw new Error(`call ${call} had to wait`);
      result.reservation.settle(usd(9n));
      await bench.clock.advanceAsync(5);
    }
    expect(leases).toBeLessThan(40);
  });

  test("are told within a quarter of a second what was used, and give idle room back within two seconds", async () => {
    const admission = await bench.begin([wide]);
    (await bench.take(admission, 10n)).settle(usd(9n));
    await bench.clock.advanceAsync(250);
    const [spent, held] = await bench.balance();
    expect(spent).toBe(9n);
    expect(held).toBeGreaterThan(0n);
    await bench.clock.advanceAsync(1_500);
    expect(await bench.balance()).toEqual([9n, 0n, 0n]);
    expect(bench.clock.pendingTimers).toBe(1);
  });

  test("hold calls under way for as long as they take", async () => {
    const admission = await bench.begin([wide]);
    const call = await bench.take(admission, 10n);
    const other = await bench.begin([wide], { owner: "b" });
    await bench.clock.advanceAsync(600_000);
    expect(await bench.balance()).toEqual([0n, 10n, 0n]);
    call.settle(usd(4n));
    await other.close();
    await admission.close();
    expect(await bench.balance()).toEqual([4n, 0n, 0n]);
  });

  test("of a process that died are presumed spent, and recomputed when its owner begins again", async () => {
    const dead = createFakeClock();
    const first = createBudgetAdmission({
      budgets: [budgetOf()],
      store: bench.store,
      owner: "a",
      clock: dead,
      alarm: () => undefined,
    });
    await first.start(() => Promise.resolve([]));
    await bench.take(first, 70n);
    const other = await bench.begin([budgetOf()], { owner: "b" });
    await bench.clock.advanceAsync(75_000);
    expect(await bench.balance()).toEqual([0n, 0n, 70n]);
    expect(remainingOf(await bench.ask(other, 31n))).toBe(30n);
    const asked: unknown[] = [];
    const again = createBudgetAdmission({
      budgets: [budgetOf()],
      store: bench.store,
      owner: "a",
      clock: bench.clock,
      alarm: () => undefined,
    });
    expect(await bench.ask(again, 1n)).toMatchObject({ refusal: { remaining: null } });
    await again.start((keys) => {
      asked.push(...keys);
      return Promise.resolve(keys.map((key) => ({ ...key, spent: 25n })));
    });
    expect(asked).toEqual([{ account: '"all" usd day@UTC {}', sliceStartMs: 1_767_225_600_000 }]);
    expect(await bench.balance()).toEqual([25n, 0n, 0n]);
    await bench.take(again, 75n);
  });

  test("serve a changed config: what was spent counts, and calls under way settle where they were admitted", async () => {
    const admission = await bench.begin([budgetOf()]);
    const call = await bench.take(admission, 60n);
    admission.replaceBudgets([budgetOf({ limit: 150n }), budgetOf({ name: "new", limit: 1_000n })]);
    expect(remainingOf(await bench.ask(admission, 91n))).toBe(90n);
    call.settle(usd(50n));
    await bench.take(admission, 100n);
    await admission.close();
    expect((await bench.store.balances(null, 0)).map((one) => [one.spent, one.held])).toEqual([
      [50n, 100n],
      [0n, 100n],
    ]);
  });
});
