import { expect, test } from "vitest";
import { takeQueryKey } from "./query-key.ts";
import { readHead } from "./read-head.ts";

test.each([
  ["?key=abc", "", "abc"],
  ["?alt=sse&key=a%2Fb", "?alt=sse", "a/b"],
  ["?key=abc&alt=sse", "?alt=sse", "abc"],
  ["?alt=sse", "?alt=sse", null],
  ["?monkey=1", "?monkey=1", null],
  ["", "", null],
])("%s", (query, left, key) => {
  const head = readHead([]);
  expect(takeQueryKey(query, head)).toBe(left);
  expect(head.apiKey).toBe(key);
});

test("a key in the query beside one in a header is one too many", () => {
  const head = readHead(["x-goog-api-key", "one"]);
  takeQueryKey("?key=two", head);
  expect(head.repeatedCredential).toBe(true);
});
