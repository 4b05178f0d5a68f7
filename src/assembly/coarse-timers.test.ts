import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as fc from "fast-check";
import { CoarseTimers } from "./coarse-timers.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("CoarseTimers", () => {
  it("fire once, never early, at most 200 ms after their time, and not at all when cancelled", () => {
    const timer = fc.record({
      startMs: fc.nat(5000),
      delayMs: fc.integer({ min: 5000, max: 20_000 }),
      cancelMs: fc.option(fc.nat(4000)),
    });
    fc.assert(
      fc.property(fc.array(timer, { maxLength: 20 }), (timers) => {
        const startedAtMs = performance.now();
        const clock = new CoarseTimers(() => performance.now());
        const firedAtMs: number[][] = timers.map(() => []);
        for (const [index, { startMs, delayMs, cancelMs }] of timers.entries()) {
          setTimeout(() => {
            const cancel = clock.after(delayMs, () => firedAtMs[index]?.push(performance.now() - startedAtMs));
            if (cancelMs !== null) setTimeout(cancel, cancelMs);
          }, startMs);
        }
        vi.advanceTimersByTime(30_000);
        for (const [index, { startMs, delayMs, cancelMs }] of timers.entries()) {
          const fired = firedAtMs[index] ?? [];
          expect(fired).toHaveLength(cancelMs === null ? 1 : 0);
          for (const atMs of fired) {
            expect(atMs).toBeGreaterThanOrEqual(startMs + delayMs);
            expect(atMs).toBeLessThanOrEqual(startMs + delayMs + 200);
          }
        }
        expect(vi.getTimerCount()).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});
