import { expect, it } from "vitest";
import type { CallFacts } from "../spec/attempt.ts";
import type { Usage } from "../spec/usage.ts";
import { unknownUsage } from "../spec/usage.ts";
import { testCallFacts } from "../testing/test-call-facts.ts";
import { isFinalCount, joinPartialUsage } from "./partial-usage.ts";

const counted: Usage = { source: "provider", tokens: { input: 20, cacheRead: 5, output: 1 } };
const estimated: Usage = { source: "estimated", tokens: { input: 30, output: 12 } };
const facts = (changes: Partial<CallFacts>): CallFacts =>
  testCallFacts({ outcome: "aborted", usage: counted, ...changes });

it("a count is final with the answer's end or its finish reason", () => {
  expect(isFinalCount(facts({ outcome: "complete" }))).toBe(true);
  expect(isFinalCount(facts({ outcome: "truncated", finishReason: "stop" }))).toBe(true);
  expect(isFinalCount(facts({}))).toBe(false);
  expect(isFinalCount(facts({ outcome: "complete", usage: unknownUsage }))).toBe(false);
});

it("a count that broke off keeps its prompt and takes the larger answer", () => {
  expect(joinPartialUsage(counted, estimated)).toEqual({
    source: "estimated",
    tokens: { input: 20, cacheRead: 5, output: 12 },
  });
  expect(joinPartialUsage(unknownUsage, estimated)).toBe(estimated);
});

it("an answer that neither has seen is none", () => {
  const nothing: Usage = { source: "estimated", tokens: { input: 30 } };
  const prompt: Usage = { source: "provider", tokens: { input: 20 } };
  expect(joinPartialUsage(prompt, nothing).tokens).toEqual({ input: 20, output: 0 });
  expect(joinPartialUsage(prompt, estimated).tokens).toEqual({ input: 20, output: 12 });
  expect(joinPartialUsage(counted, nothing).tokens).toEqual({ input: 20, cacheRead: 5, output: 1 });
});
