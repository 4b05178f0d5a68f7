import * as fc from "fast-check";
import { expect, test } from "vitest";
import { countTokens, PromptScan, splitTokens } from "./token-scan.ts";

test.each([
  ["", 0],
  ["hello", 1],
  ["hello world", 2],
  // 12 letters: two tokens of at most seven.
  ["cancellation", 2],
  ["2026", 2],
  ["a, b", 3],
  ["one\n\ntwo", 3],
  ["one  two", 3],
  ["naïve café", 2],
  ["漢字", 2],
  ["🙂🙂", 2],
  ['{"a":1}', 7],
])("counts %j as %i tokens of seven letters", (text, tokens) => {
  expect(countTokens(text, 7)).toBe(tokens);
});

test("fewer letters a token make more tokens", () => {
  expect(countTokens("the cancellation", 7)).toBe(3);
  expect(countTokens("the cancellation", 5)).toBe(4);
});

const texts = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: fc.constantFrom("a", "Z", " ", "\n", "\t", "7", ",", "é", "漢", "🙂"), maxLength: 80 }),
);

test("the pieces joined are the text, and their number is the count", () => {
  fc.assert(
    fc.property(texts, fc.constantFrom(5, 7), (text, letters) => {
      const pieces = splitTokens(text, letters);
      expect(pieces.join("")).toBe(text);
      expect(pieces.length).toBe(countTokens(text, letters));
    }),
  );
});

test("no piece ends inside a surrogate pair", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
      for (const piece of splitTokens(text, 7)) expect(piece.isWellFormed()).toBe(true);
    }),
  );
});

test("a scan counts like the counter, and marks every 128th token from the 1,024th", () => {
  const scan = new PromptScan(7);
  scan.text("word ".repeat(1_300).trim());
  expect(scan.tokens).toBe(1_300);
  // 1,024, 1,152, 1,280.
  expect(scan.stepHashes).toHaveLength(3);
  const shorter = new PromptScan(7);
  shorter.text("word ".repeat(1_200).trim());
  expect(shorter.stepHashes).toEqual(scan.stepHashes.slice(0, 2));
});

const hashOf = (...parts: string[]): string => {
  const scan = new PromptScan(7);
  for (const part of parts) {
    scan.mark("user");
    scan.text(part);
  }
  return scan.hash;
};

test("a moved border gives another hash, and so does any changed letter", () => {
  expect(hashOf("ab", "c")).not.toBe(hashOf("a", "bc"));
  expect(hashOf("good service")).not.toBe(hashOf("good servicf"));
});
