import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Cost, PicoUsd, SavingMethod } from "../../spec/money.ts";
import { unpricedCost } from "../costs/sum-costs.ts";
import { attributeChain, type Overhead, type PricedPoint } from "./attribute-chain.ts";

const priced = (picoUsd: PicoUsd): Cost => ({ state: "priced", picoUsd });
const point = (by: string, picoUsd: PicoUsd, method: SavingMethod = "measured"): PricedPoint => ({
  by,
  cost: priced(picoUsd),
  method,
});

test("five techniques one after the other share the whole saving, each by what was left to it", () => {
  // Millionths of a dollar: $2.500 as asked, $0.051 paid.
  const chain = [
    point("exact-cache", 1_750_000n),
    point("choose-target", 210_000n, "modelled"),
    point("compress", 196_000n, "modelled"),
    point("plan-prompt-cache", 102_000n),
    point("defer-to-batch", 51_000n),
  ];
  const { savings, cost } = attributeChain(priced(2_500_000n), chain);
  expect(cost).toEqual(priced(51_000n));
  expect(savings.map((saving) => saving.picoUsd)).toEqual([750_000n, 1_540_000n, 14_000n, 94_000n, 51_000n]);
});

test("a loss stays a loss", () => {
  expect(attributeChain(priced(10n), [point("compress", 25n)]).savings).toEqual([
    { technique: "compress", picoUsd: -15n, method: "measured" },
  ]);
});

test("what an optimiser spent comes off its own line, also where it saved nothing", () => {
  const judge: Overhead = { technique: "cascade", cost: priced(7n) };
  const saved = attributeChain(priced(100n), [{ ...point("cascade", 40n, "modelled"), aloneOffPicoUsd: 50n }], [judge]);
  expect(saved).toEqual({
    baseline: priced(100n),
    cost: priced(47n),
    savings: [{ technique: "cascade", picoUsd: 53n, method: "modelled", aloneOffPicoUsd: 43n }],
  });
  expect(attributeChain(priced(100n), [point("cascade", 100n)], [judge]).savings).toEqual([
    { technique: "cascade", picoUsd: -7n, method: "measured" },
  ]);
  expect(attributeChain(priced(47n), [point("cascade", 40n)], [judge]).savings).toEqual([]);
});

test.each([
  ["what was asked", unpricedCost, [point("retry", 1n)], priced(1n)],
  [
    "a point on the way",
    priced(1n),
    [{ ...point("compress", 0n), cost: unpricedCost }, point("retry", 1n)],
    priced(1n),
  ],
  ["what was bought", priced(1n), [{ ...point("retry", 0n), cost: unpricedCost }], unpricedCost],
])("no price for %s: no comparison, and no zero", (_what, asAsked, points, cost) => {
  expect(attributeChain(asAsked, points)).toEqual({ baseline: unpricedCost, cost, savings: [] });
});

test("whatever the chain, baseline minus cost is the sum of its lines", () => {
  const amount = fc.bigInt(-(10n ** 21n), 10n ** 21n);
  const name = fc.constantFrom("a", "b", "c", "d");
  const chain = fc.array(fc.record({ by: name, picoUsd: amount }), { maxLength: 6 });
  const spent = fc.array(fc.record({ technique: name, picoUsd: amount }), { maxLength: 3 });
  fc.assert(
    fc.property(amount, chain, spent, (asked, steps, spending) => {
      const { baseline, cost, savings } = attributeChain(
        priced(asked),
        steps.map((step) => point(step.by, step.picoUsd)),
        spending.map(({ technique, picoUsd }) => ({ technique, cost: priced(picoUsd) })),
      );
      const sum = savings.reduce((total, saving) => total + saving.picoUsd, 0n);
      expect((baseline.picoUsd ?? 0n) - (cost.picoUsd ?? 0n)).toBe(sum);
      const paid = spending.reduce((total, one) => total + one.picoUsd, steps.at(-1)?.picoUsd ?? asked);
      expect(cost.picoUsd).toBe(paid);
      expect(savings.every((saving) => saving.picoUsd !== 0n)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
