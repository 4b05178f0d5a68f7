import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Usage, unknownUsage } from "../../spec/usage.ts";
import { splitUsage, sumUsages } from "./sum-usages.ts";

const usage = (input: number, changes: Partial<Usage> = {}): Usage => ({
  source: "provider",
  tokens: { input },
  ...changes,
});

describe("sumUsages", () => {
  it("adds class by class and is only as sure as its parts", () => {
    expect(sumUsages([usage(3, { region: "eu" }), usage(4, { tokens: { input: 4, cacheRead: 2 } })])).toEqual({
      source: "provider",
      tokens: { input: 7, cacheRead: 2 },
      region: "eu",
    });
    expect(sumUsages([usage(3), usage(4, { source: "estimated" })]).source).toBe("estimated");
    expect(sumUsages([usage(3), unknownUsage])).toBe(unknownUsage);
    expect(sumUsages([])).toEqual({ source: "provider", tokens: {} });
  });
});

describe("splitUsage", () => {
  it("is the whole where there is one part, counted where weights are the tokens, else estimated", () => {
    const whole = usage(7);
    expect(splitUsage(whole, [99], false)).toEqual([whole]);
    expect(splitUsage(whole, [3, 4], true)).toEqual([usage(3), usage(4)]);
    // The provider counted something else beside: nobody knows which part it belongs to.
    expect(splitUsage(usage(9), [3, 4], true).map(({ source }) => source)).toEqual(["estimated", "estimated"]);
    expect(splitUsage(whole, [3, 4], false).map(({ source }) => source)).toEqual(["estimated", "estimated"]);
    const guessed = splitUsage(usage(7, { source: "estimated" }), [3, 4], true);
    expect(guessed.map(({ source }) => source)).toEqual(["estimated", "estimated"]);
    expect(splitUsage(whole, [30, 40], false)).toEqual([
      usage(3, { source: "estimated" }),
      usage(4, { source: "estimated" }),
    ]);
  });

  it("gives parts that sum to the whole, whatever the weights", () => {
    fc.assert(
      fc.property(
        fc.nat(10_000_000),
        fc.nat(1_000),
        fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 30 }),
        fc.boolean(),
        (input, cacheRead, weights, exact) => {
          const parts = splitUsage({ source: "provider", tokens: { input, cacheRead } }, weights, exact);
          expect(parts).toHaveLength(weights.length);
          expect(sumUsages(parts).tokens).toEqual({ input, cacheRead });
        },
      ),
    );
  });
});
