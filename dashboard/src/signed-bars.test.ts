import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layOutBars } from "./signed-bars.ts";

describe("signed bars", () => {
  it("start at one zero, losses to its left, and fill the track", () => {
    const { zero, bars } = layOutBars([300n, 100n, -100n]);
    expect(zero).toBe(25);
    expect(bars).toEqual([
      { x: 25, width: 75, isNegative: false },
      { x: 25, width: 25, isNegative: false },
      { x: 0, width: 25, isNegative: true },
    ]);
  });

  it("show nothing for nothing, and something for the least", () => {
    expect(layOutBars([0n, 0n]).bars.map((bar) => bar.width)).toEqual([0, 0]);
    expect(layOutBars([10n ** 15n, 1n, 0n]).bars.map((bar) => bar.width > 0)).toEqual([true, true, false]);
  });

  it("stay in the track and keep their order, at any size", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n }), { maxLength: 12 }), (amounts) => {
        const { zero, bars } = layOutBars(amounts);
        expect(zero).toBeGreaterThanOrEqual(0);
        for (const [index, bar] of bars.entries()) {
          expect(bar.x).toBeGreaterThanOrEqual(0);
          expect(bar.x + bar.width).toBeLessThanOrEqual(100.001);
          expect(bar.isNegative).toBe((amounts[index] ?? 0n) < 0n);
        }
        // Widths in the order of the amounts' sizes do not fall.
        const order = amounts.map((amount, index) => ({ size: sizeOf(amount), width: bars[index]?.width ?? -1 }));
        const widths = order
          .toSorted((a, b) => (a.size === b.size ? 0 : a.size < b.size ? -1 : 1))
          .map(({ width }) => width);
        expect(widths).toEqual(widths.toSorted((a, b) => a - b));
      }),
    );
  });
});

function sizeOf(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}
