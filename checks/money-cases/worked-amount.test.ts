import { expect, test } from "vitest";
import { workedPicoUsd } from "./worked-amount.ts";

test.each([
  ["1200*3/1e6 + 800*0.3/1e6 + 400*15/1e6", 9_840_000_000n],
  ["0", 0n],
  ["1/1e12", 1n],
  ["0.000000000001", 1n],
  ["0 - 2*0.5", -1_000_000_000_000n],
  ["3*1/3", 1_000_000_000_000n],
  ["5*0.01", 50_000_000_000n],
])("%s", (working, picoUsd) => {
  expect(workedPicoUsd(working)).toBe(picoUsd);
});

test.each(["", "1 +", "1e-6", "two", "1/3", "1/1e13", "(1)", "1**2"])("refuses %j", (working) => {
  expect(() => workedPicoUsd(working)).toThrow(RangeError);
});
