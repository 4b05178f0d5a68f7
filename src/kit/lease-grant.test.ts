import { expect, test } from "vitest";
import * as fc from "fast-check";
import { grantOnTop } from "./lease-grant.ts";

test("far from the limit the wish is granted, up to an eighth of what is left beyond the need", () => {
  expect(grantOnTop(1_000n, 10n, 50n)).toBe(50n);
  expect(grantOnTop(1_000n, 10n, 500n)).toBe(123n);
});

test("near the limit nothing is granted on top of the need", () => {
  expect(grantOnTop(640n, 10n, 80n)).toBe(78n);
  expect(grantOnTop(639n, 10n, 80n)).toBe(0n);
});

test("the least need is a measure too", () => {
  expect(grantOnTop(64n, 1n, 800n)).toBe(7n);
  expect(grantOnTop(63n, 1n, 800n)).toBe(0n);
});

test("asked ahead of need, the wish is the measure of near", () => {
  expect(grantOnTop(640n, 0n, 80n)).toBe(80n);
  expect(grantOnTop(639n, 0n, 80n)).toBe(0n);
});

test("never more than the wish, and never so much that others have not seven eighths of the rest", () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 22n });
  fc.assert(
    fc.property(amount, amount, amount, (more, needed, wished) => {
      const top = grantOnTop(needed + more, needed, wished);
      expect(top >= 0n && top <= wished && top * 8n <= more).toBe(true);
    }),
  );
});
