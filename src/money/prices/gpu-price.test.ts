import { expect, test } from "vitest";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { Usage } from "../../spec/usage.ts";
import { priceBookOf } from "../book/price-book.ts";
import { documentOf } from "./test-books.ts";

const gpu = {
  usdPerHour: "2",
  gpus: 2,
  inputTokensPerSecond: 10_000,
  outputTokensPerSecond: 1000,
  utilisationPercent: 40,
};

test("a token costs its share of the hour, rounded up, and is an estimate", () => {
  // 4 USD an hour / 3600 s / (10,000 x 0.4 a second) = 277,777.8 pico-dollars in; ten times that out.
  const book = priceBookOf([documentOf({ caching: "none", gpu })]);
  const cost = (tokens: Usage["tokens"]): unknown => book.costOf("test", "m", { source: "provider", tokens }, 0);
  expect(cost({ input: 1 })).toEqual({ state: "estimated", picoUsd: 277_778n });
  expect(cost({ output: 1 })).toEqual({ state: "estimated", picoUsd: 2_777_778n });
  expect(cost({ cacheRead: 1, reasoning: 1 })).toEqual({ state: "estimated", picoUsd: 3_055_556n });
  const { notes } = book.explain("test", "m", { source: "provider", tokens: { input: 1 } }, 0);
  expect(notes.join()).toBe(
    "own machines: 2 GPUs at 2 USD an hour, 10000 tokens a second in, 1000 out, 40 percent used; a token rounded up, an estimate",
  );
});

test("a share of the hour that comes out whole is not rounded", () => {
  // 3.6 USD an hour are 0.001 USD a second: a millionth of a dollar for each of 1,000 tokens, ten times that for each of 100.
  const whole = { usdPerHour: "3.6", gpus: 1, inputTokensPerSecond: 1000, outputTokensPerSecond: 100 };
  const book = priceBookOf([documentOf({ caching: "none", gpu: { ...whole, utilisationPercent: 100 } })]);
  const cost = (tokens: Usage["tokens"]): unknown => book.costOf("test", "m", { source: "provider", tokens }, 0);
  expect(cost({ input: 1 })).toEqual({ state: "estimated", picoUsd: 1_000_000n });
  expect(cost({ output: 1 })).toEqual({ state: "estimated", picoUsd: 10_000_000n });
});

test.each([
  ["a price of input beside it", { usdPerMillion: { input: "1" }, gpu }],
  ["a price of output beside it", { usdPerMillion: { output: "1" }, gpu }],
  ["no utilisation", { gpu: { ...gpu, utilisationPercent: 0 } }],
  ["no speed", { gpu: { ...gpu, inputTokensPerSecond: 0 } }],
])("refuses %s", (_, entry) => {
  expect(() => priceBookOf([documentOf(entry)])).toThrow(FarthingError);
});
