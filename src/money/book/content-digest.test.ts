import * as fc from "fast-check";
import { expect, test } from "vitest";
import { contentDigest } from "./content-digest.ts";

// The published values of 32-bit FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/.
test.each([
  ["", "811c9dc5"],
  ["a", "e40c292c"],
  ["foobar", "bf9cf968"],
])("%j begins with its FNV-1a hash", (text, hash) => {
  expect(contentDigest(text).slice(0, 8)).toBe(hash);
});

test("a digest stands in every row of the ledger, so it stays what it is", () => {
  expect(["", "a", "foobar"].map(contentDigest)).toEqual(["811c9dc501000193", "e40c292c85030ff6", "bf9cf968f5e33fff"]);
});

test("a digest has 16 hex digits, and tells texts apart that differ in order", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      expect(contentDigest(left)).toMatch(/^[0-9a-f]{16}$/);
      fc.pre(left + right !== right + left);
      expect(contentDigest(left + right)).not.toBe(contentDigest(right + left));
    }),
  );
});
