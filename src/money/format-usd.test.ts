import { expect, test } from "vitest";
import { formatUsd } from "./format-usd.ts";

const usd = 1_000_000_000_000n;

test.each([
  [0n, "$0.00"],
  [1_234n * usd + usd / 2n, "$1,234.50"],
  [1_234_567n * usd, "$1,234,567.00"],
  [usd / 4n, "$0.2500"],
  [usd, "$1.00"],
  [10_000_000_000n, "$0.0100"],
  [9_950_000_000n, "$0.009950"],
  [-(usd / 32n), "-$0.0313"],
  [6_125_000_000n, "$0.006125"],
  [1n, "<$0.000001"],
  [-1n, ">-$0.000001"],
  [999_999_999_999n, "$1.0000"],
])("%s is shown as %s", (picoUsd, text) => {
  expect(formatUsd(picoUsd)).toBe(text);
});

test("digits are the caller's choice, rounded half away from zero", () => {
  expect(formatUsd(2_500_000_000_000n, { digits: 0 })).toBe("$3");
  expect(formatUsd(-2_500_000_000_000n, { digits: 0 })).toBe("-$3");
  expect(formatUsd(1n, { digits: 12 })).toBe("$0.000000000001");
  expect(formatUsd(usd / 3n, { digits: 2 })).toBe("$0.33");
  expect(formatUsd(usd / 1000n, { digits: 2 })).toBe("<$0.01");
});
