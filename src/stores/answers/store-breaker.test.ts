import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StoreBreaker } from "./store-breaker.ts";

function fail(breaker: StoreBreaker, times: number, nowMs: number): readonly boolean[] {
  return Array.from({ length: times }, () => breaker.note(false, breaker.turn, nowMs));
}

describe("the breaker of a store", () => {
  test("opens after five failures in a row, and says so once", () => {
    const breaker = new StoreBreaker();
    expect(fail(breaker, 4, 0)).toEqual([false, false, false, false]);
    breaker.note(true, breaker.turn, 0);
    expect(fail(breaker, 5, 0)).toEqual([false, false, false, false, true]);
    expect(breaker.isOpen).toBe(true);
  });

  test("lets one probe through at a time, after 1, 2, 4, 8, 16, 30 and 30 seconds", () => {
    const breaker = new StoreBreaker();
    fail(breaker, 5, 0);
    let nowMs = 0;
    for (const backOffMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      expect(breaker.admit(nowMs + backOffMs - 1)).toBe("skip");
      nowMs += backOffMs;
      expect(breaker.admit(nowMs)).toBe("probe");
      expect(breaker.admit(nowMs)).toBe("skip");
      expect(fail(breaker, 1, nowMs)).toEqual([true]);
    }
  });

  test("closes when a probe succeeds, and begins with a second the next time", () => {
    const breaker = new StoreBreaker();
    fail(breaker, 5, 0);
    breaker.admit(1_000);
    fail(breaker, 1, 1_000);
    expect(breaker.admit(3_000)).toBe("probe");
    breaker.note(true, breaker.turn, 3_000);
    expect(breaker.admit(3_000)).toBe("go");
    fail(breaker, 5, 3_000);
    expect([breaker.admit(3_999), breaker.admit(4_000)]).toEqual(["skip", "probe"]);
  });

  test("counts no result of a call from before it opened or closed", () => {
    const breaker = new StoreBreaker();
    const before = breaker.turn;
    fail(breaker, 5, 0);
    breaker.note(true, before, 1);
    expect(breaker.isOpen).toBe(true);
    expect(breaker.note(false, before, 1)).toBe(false);
    expect(breaker.admit(1_000)).toBe("probe");
  });

  test("lets at most one call a second reach a store that always fails", () => {
    const waits = fc.array(fc.nat({ max: 5_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(waits, (steps) => {
        const breaker = new StoreBreaker();
        fail(breaker, 5, 0);
        let [nowMs, probes] = [0, 0];
        for (const step of steps) {
          nowMs += step;
          if (breaker.admit(nowMs) !== "probe") continue;
          probes++;
          fail(breaker, 1, nowMs);
        }
        expect(probes).toBeLessThanOrEqual(nowMs / 1_000);
        expect(breaker.isOpen).toBe(true);
      }),
    );
  });
});
