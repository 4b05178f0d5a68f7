import { beforeEach, describe, expect, test } from "vitest";
import type { LimitStore } from "../../spec/limit-store.ts";
import { createAdmissionBench, usd, type AdmissionBench } from "./test-admission.ts";
import { budgetOf } from "./test-desk.ts";

let bench: AdmissionBench;
beforeEach(() => {
  bench = createAdmissionBench();
});

describe("a soft budget", () => {
  test("admits beyond its limit, says so, counts it, and stops saying so when there is room again", async () => {
    const admission = await bench.begin([
      budgetOf({ mode: "soft", window: { kind: "calendar", unit: "minute", zone: "UTC" } }),
    ]);
    const first = await bench.take(admission, 90n);
    expect(first.exceeded).toEqual([]);
    const second = await bench.take(admission, 20n);
    expect(second.exceeded.map((account) => account.budget.name)).toEqual(["all"]);
    first.release();
    second.settle(usd(20n));
    await bench.clock.advanceAsync(1_100);
    expect((await bench.take(admission, 20n)).exceeded).toEqual([]);
    expect((await bench.balance())[0]).toBe(20n);
  });

  test("asks with its limit again after a second, and not before", async () => {
    const limits: (bigint | null)[] = [];
    const lease: LimitStore["lease"] = (owner, asks, ...times) => {
      limits.push(...asks.map(({ limit }) => limit));
      return bench.store.lease(owner, asks, ...times);
    };
    const admission = await bench.begin([budgetOf({ mode: "soft", limit: 10n })], { store: bench.broken({ lease }) });
    await bench.take(admission, 20n);
    expect(limits).toEqual([10n, null]);
    await bench.clock.advanceAsync(999);
    expect((await bench.take(admission, 500n)).exceeded).toHaveLength(1);
    expect(limits).toEqual([10n, null, null]);
    await bench.clock.advanceAsync(1);
    expect((await bench.take(admission, 1n)).exceeded).toHaveLength(1);
    expect(limits).toEqual([10n, null, null, 10n, null]);
  });

  test("does not let a hard one beside it be passed", async () => {
    const admission = await bench.begin([
      budgetOf({ mode: "soft", limit: 10n }),
      budgetOf({ name: "hard", limit: 50n }),
    ]);
    expect((await bench.take(admission, 20n)).exceeded).toHaveLength(1);
    expect(await bench.ask(admission, 40n)).toMatchObject({
      refusal: { account: { budget: { name: "hard" } }, remaining: 30n },
    });
  });
});
