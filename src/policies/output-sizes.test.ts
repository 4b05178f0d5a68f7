import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutputSizes } from "./output-sizes.ts";

function learnt(sizes: readonly number[]): OutputSizes {
  const outputs = new OutputSizes();
  for (const size of sizes) outputs.learn("m", size);
  return outputs;
}

describe("what was seen of a model's answers", () => {
  it("says nothing before enough was seen, nothing of other models, and nothing for a quantile of 1", () => {
    expect(learnt(Array(99).fill(50)).quantile("m", 0.99)).toBeNull();
    expect(learnt(Array(100).fill(50)).quantile("m", 0.99)).not.toBeNull();
    expect(learnt(Array(19).fill(50)).quantile("m", 0.5)).toBeNull();
    expect(learnt(Array(500).fill(50)).quantile("other", 0.99)).toBeNull();
    expect(learnt(Array(500).fill(50)).quantile("m", 1)).toBeNull();
  });

  it("is never below the true quantile, and at most an eighth above it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1000, maxLength: 1500 }),
        fc.constantFrom(0.5, 0.9, 0.99),
        (sizes, quantile) => {
          const sorted = sizes.toSorted((left, right) => left - right);
          const exact = sorted[Math.ceil(quantile * sorted.length) - 1] ?? 0;
          const told = learnt(sizes).quantile("m", quantile) ?? -1;
          expect(told).toBeGreaterThanOrEqual(exact);
          expect(told).toBeLessThanOrEqual(Math.max(16, exact * 1.125 + 2));
        },
      ),
      { numRuns: 50 },
    );
  });

  it("follows a model that changes, and remembers no more models than it may", () => {
    const outputs = learnt(Array(3_000).fill(100));
    for (let count = 0; count < 12_000; count++) outputs.learn("m", 10_000);
    expect(outputs.quantile("m", 0.5)).toBeGreaterThanOrEqual(10_000);
    for (let model = 0; model < 600; model++) for (let count = 0; count < 20; count++) outputs.learn(`m${model}`, 5);
    expect([outputs.quantile("m5", 0.5), outputs.quantile("m599", 0.5)]).toEqual([16, null]);
  });
});
