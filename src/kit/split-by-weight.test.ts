import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitByWeight } from "./split-by-weight.ts";

describe("splitByWeight", () => {
  it("gives what is left over to those cut most, the earlier of equals first", () => {
    expect(splitByWeight(10n, [1n, 1n, 1n])).toEqual([4n, 3n, 3n]);
    expect(splitByWeight(-10n, [1n, 1n, 1n])).toEqual([-4n, -3n, -3n]);
    expect(splitByWeight(7n, [2n, 3n, 0n, 5n])).toEqual([1n, 2n, 0n, 4n]);
    expect(splitByWeight(0n, [5n])).toEqual([0n]);
  });

  it("refuses weights that divide nothing", () => {
    for (const weights of [[], [0n], [2n, -1n]]) expect(() => splitByWeight(1n, weights)).toThrow(RangeError);
  });

  it("sums to the whole, each part within one of its exact share", () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 22n), max: 10n ** 22n }), weights, (total, some) => {
        const sum = some.reduce((all, weight) => all + weight, 0n);
        fc.pre(sum > 0n);
        const parts = splitByWeight(total, some);
        expect(parts.reduce((all, part) => all + part, 0n)).toBe(total);
        for (const [index, part] of parts.entries()) {
          const off = part * sum - total * (some[index] ?? 0n);
          expect(off < 0n ? -off : off).toBeLessThan(sum);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
