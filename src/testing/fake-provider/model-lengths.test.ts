import { expect, test } from "vitest";
import { answerLengthOf, type ModelLengths } from "./model-lengths.ts";

const seeds = Array.from({ length: 4_000 }, (_, index) => Math.imul(index, 0x9e3779b1) >>> 0);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const factorOf = (lengths: ModelLengths | null, model: string, seed: number): number =>
  answerLengthOf(lengths, model, seed, 5).factor;

test("the spread favours no model", () => {
  const factors = seeds.map((seed) => factorOf({ spread: 0.3, bias: 0 }, "gpt-4o-mini", seed));
  expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.7);
  expect(Math.max(...factors)).toBeLessThanOrEqual(1.3);
  expect(mean(factors)).toBeCloseTo(1, 1);
  expect(new Set(factors).size).toBeGreaterThan(3_000);
});

test("the bias is the small models'", () => {
  expect(factorOf({ spread: 0, bias: 0.25 }, "claude-haiku-4-5", 1)).toBe(1.25);
  expect(factorOf({ spread: 0, bias: 0.25 }, "claude-sonnet-4-5", 1)).toBe(1);
  expect(factorOf(null, "claude-haiku-4-5", 1)).toBe(1);
});

test("lengths that depend on the model are measured alike for all vendors", () => {
  expect(answerLengthOf(null, "claude-haiku-4-5", 1, 5).lettersPerToken).toBe(5);
  expect(answerLengthOf({ spread: 0, bias: 0 }, "claude-haiku-4-5", 1, 5).lettersPerToken).toBe(7);
});
