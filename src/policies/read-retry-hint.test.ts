import { describe, expect, it } from "vitest";
import { readRetryHint } from "./read-retry-hint.ts";

const nowMs = Date.UTC(2026, 1, 28, 23, 59, 30);

describe("a provider's hint", () => {
  it.each([
    [[], null],
    [["retry-after", "7"], 7_000],
    [["Retry-After", " 7 "], 7_000],
    [["retry-after", "1.5"], 1_500],
    [["retry-after-ms", "2500"], 2_500],
    [["retry-after-ms", "2500", "retry-after", "9"], 2_500],
    [["retry-after-ms", "soon", "retry-after", "9"], 9_000],
    [["retry-after-ms", "20"], 500],
    [["retry-after", "0.01"], 500],
    [["retry-after", "3600"], 3_600_000],
    [["retry-after", "0"], null],
    [["retry-after", "-1"], null],
    [["retry-after", "NaN"], null],
    [["retry-after", "1e9"], null],
    [["retry-after", ""], null],
    [["retry-after", "Sun, 01 Mar 2026 00:00:30 GMT"], 60_000],
    [["retry-after", "Sun, 01 Mar 2026 00:00:30 CET"], null],
    [["retry-after", "Sat, 28 Feb 2026 23:59:00 GMT"], null],
    [["retry-after", "Sun, 01 Foo 2026 00:00:30 GMT"], null],
  ])("%j: %s", (headers, expected) => {
    expect(readRetryHint(headers, nowMs)).toBe(expected);
  });

  it("reads every day of forty years as the machine does", () => {
    for (let day = Date.UTC(2000, 0, 1); day < Date.UTC(2040, 0, 1); day += 86_400_000) {
      expect(readRetryHint(["retry-after", new Date(day + 1_000).toUTCString()], day)).toBe(1_000);
    }
  });
});
