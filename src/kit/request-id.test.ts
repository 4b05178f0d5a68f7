import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrivalOf, createIdSource, firstIdAt, parseRequestId, requestIdOf } from "./request-id.ts";

const start = Date.UTC(2026, 10, 21);

describe("request ids", () => {
  it("are unique and sort by time, even when the clock stands still or jumps back", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 5 }), { minLength: 2, maxLength: 300 }), (steps) => {
        let now = start;
        const next = createIdSource(() => now, 7);
        const ids = steps.map((step) => {
          now += step;
          return next();
        });
        expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? id))).toBe(true);
      }),
    );
  });

  it("borrow from the next millisecond when one is full", () => {
    const next = createIdSource(() => start, 0);
    const ids = Array.from({ length: 5000 }, next);
    expect(new Set(ids).size).toBe(5000);
    expect(arrivalOf(ids[4999] ?? 0n)).toBe(start + 1);
  });

  it("keep two processes apart in the same millisecond", () => {
    expect(createIdSource(() => start, 1)()).not.toBe(createIdSource(() => start, 2)());
  });

  it("survive their text form and tell when they were made", () => {
    fc.assert(
      fc.property(fc.integer({ min: start, max: start + 1e12 }), fc.integer({ min: 0, max: 1023 }), (ms, nonce) => {
        const id = createIdSource(() => ms, nonce)();
        expect(parseRequestId(requestIdOf(id))).toBe(id);
        expect(arrivalOf(id)).toBe(ms);
        expect(firstIdAt(ms) <= id && id < firstIdAt(ms + 1)).toBe(true);
      }),
    );
  });

  it("refuse what is no id", () => {
    for (const text of ["", "fr_", "fr_!", "req_1", "fr_zzzzzzzzzzzzz", "FR_1"])
      expect(parseRequestId(text)).toBeNull();
  });
});
