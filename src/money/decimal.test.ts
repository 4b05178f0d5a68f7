import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countToDecimal, percentToBasisPoints, picoToDecimal, usdPerMillionToPico, usdToPico } from "./decimal.ts";

test.each([
  ["2.50", 2_500_000n],
  ["0.01875", 18_750n],
  ["150", 150_000_000n],
  ["0", 0n],
  ["0.000001", 1n],
])("%s USD per million tokens is %s pico-dollars a token", (text, picoUsd) => {
  expect(usdPerMillionToPico(text)).toBe(picoUsd);
});

test.each(["", "-1", "+1", "1e-6", ".5", "5.", "01", "1,5", "0.0000001", "NaN", " 1", "1 ", "9".repeat(400)])(
  "refuses %j as a price",
  (text) => {
    expect(usdPerMillionToPico(text)).toBeNull();
  },
);

test("a trailing zero is no further digit", () => {
  expect(usdPerMillionToPico("0.1250000000")).toBe(125_000n);
});

test.each([
  [2_500_000n, "0.0000025"],
  [1_000_000_000_000n, "1"],
  [-10_500_000_000_000n, "-10.5"],
  [0n, "0"],
])("%s pico-dollars are %s USD", (picoUsd, text) => {
  expect(picoToDecimal(picoUsd)).toBe(text);
});

test("an amount survives its decimal", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 29n }), (picoUsd) => {
      expect(usdToPico(picoToDecimal(picoUsd))).toBe(picoUsd);
    }),
  );
});

test.each([
  [50, 5000n],
  [87.5, 8750n],
  [0.01, 1n],
  [0, 0n],
  [10_000, 1_000_000n],
])("%s percent is %s basis points", (percent, basisPoints) => {
  expect(percentToBasisPoints(percent)).toBe(basisPoints);
});

test.each([-1, 10_001, 12.345, 1e-7, Number.NaN, Infinity])("refuses %s as a percentage", (percent) => {
  expect(percentToBasisPoints(percent)).toBeNull();
});

test("a count is the decimal that it prints as", () => {
  expect(countToDecimal(12.34)).toEqual({ digits: 1234n, parts: 100n });
  expect(countToDecimal(7)).toEqual({ digits: 7n, parts: 1n });
  expect(countToDecimal(0)).toEqual({ digits: 0n, parts: 1n });
  expect(countToDecimal(2 ** 53 - 1)).toEqual({ digits: 9_007_199_254_740_991n, parts: 1n });
  expect(countToDecimal(1e-18)).toEqual({ digits: 1n, parts: 10n ** 18n });
  expect(countToDecimal(2.5e-7)).toEqual({ digits: 25n, parts: 10n ** 8n });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer({ min: 0, max: 6 }), (digits, places) => {
      const decimal = countToDecimal(digits / 10 ** places) ?? { digits: -1n, parts: 1n };
      expect(decimal.digits * 10n ** BigInt(places)).toBe(BigInt(digits) * decimal.parts);
    }),
  );
});

test.each([-1, Number.NaN, Infinity, 2 ** 53, 1e-19])("refuses %s as a count", (count) => {
  expect(countToDecimal(count)).toBeNull();
});
