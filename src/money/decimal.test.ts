import * as fc from "fast-check";
import { expect, test } from "vitest";
import { picoToDecimal, usdPerMillionToPico, usdToPico } from "./decimal.ts";

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
