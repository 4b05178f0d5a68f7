import * as fc from "fast-check";
import { expect, it } from "vitest";
import { shareInterval } from "./share-interval.ts";

it("gives the published values", () => {
  // Agresti and Coull 1998, table of score intervals: 0 of 10, 5 of 10.
  expect(shareInterval(0, 10)[1]).toBeCloseTo(0.2775, 3);
  expect(shareInterval(5, 10)[0]).toBeCloseTo(0.2366, 3);
  expect(shareInterval(5, 10)[1]).toBeCloseTo(0.7634, 3);
  expect(shareInterval(0, 0)).toEqual([0, 1]);
});

it("holds the share seen, stays within 0 and 1, and narrows with more trials", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.double({ min: 0, max: 1, noNaN: true }), (trials, share) => {
      const hits = Math.round(share * trials);
      const [low, high] = shareInterval(hits, trials);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(low).toBeLessThanOrEqual(hits / trials + 1e-12);
      expect(high).toBeGreaterThanOrEqual(hits / trials - 1e-12);
      const [lowOfMore, highOfMore] = shareInterval(hits * 10, trials * 10);
      expect(highOfMore - lowOfMore).toBeLessThan(high - low);
    }),
  );
});
