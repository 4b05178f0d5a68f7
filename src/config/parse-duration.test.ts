import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, parseDuration } from "./parse-duration.ts";

describe("parseDuration", () => {
  it.each([
    ["250ms", 250],
    ["5s", 5000],
    ["1.5h", 5_400_000],
    ["1m30s", 90_000],
    ["400d", 34_560_000_000],
    ["0ms", 0],
    ["0.1s", 100],
  ])("%s is %i ms", (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each(["", "5", "5 s", "s", "-5s", "5S", "1e3s", "0.0001s", "1h ", "five", "9".repeat(30) + "d", "1d".repeat(30)])(
    "refuses %j",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it("reads back what formatDuration writes", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 45 }), (durationMs) => {
        expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
      }),
    );
  });
});
