import * as fc from "fast-check";
import { expect, it } from "vitest";
import { matchesWildcard } from "./wildcard.ts";

it.each([
  ["gpt-4o", "gpt-4o", true],
  ["gpt-4o", "gpt-4o-mini", false],
  ["gpt-4o*", "gpt-4o-mini", true],
  ["*-mini", "gpt-4o-mini", true],
  ["*", "", true],
  ["", "", true],
  ["", "a", false],
  ["a*b*c", "a-b-b-c", true],
  ["a*b*c", "a-c-b", false],
  ["claude-*-20250219", "claude-3-7-sonnet-20250219", true],
  ["gpt.4o", "gpt-4o", false],
  ["GPT-4o", "gpt-4o", false],
])("%s and %s: %s", (pattern, text, matches) => {
  expect(matchesWildcard(pattern, text)).toBe(matches);
});

it("agrees with a regular expression", () => {
  const few = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 10 });
  fc.assert(
    fc.property(few, text, (pattern, candidate) => {
      const expected = new RegExp(`^${pattern.replaceAll("*", "[ab]*")}$`).test(candidate);
      expect(matchesWildcard(pattern, candidate)).toBe(expected);
    }),
    { numRuns: 2_000, seed: 7 },
  );
});

it("stays quick where a regular expression would not", () => {
  expect(matchesWildcard("*a".repeat(50), "a".repeat(5_000) + "b")).toBe(false);
});
