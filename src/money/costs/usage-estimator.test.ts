import { expect, test } from "vitest";
import type { Usage } from "../../spec/usage.ts";
import { createUsageEstimator } from "./usage-estimator.ts";

function reported(input: number, output: number): Usage {
  return { source: "provider", tokens: { input, output } };
}

test("before anything is known a token is four bytes, rounded up, and something was sent", () => {
  const estimator = createUsageEstimator();
  expect(estimator.estimate("m", 4001, 801)).toEqual({ source: "estimated", tokens: { input: 1001, output: 201 } });
  expect(estimator.estimate("m", 0, 0)).toEqual({ source: "estimated", tokens: { input: 1 } });
});

test("it comes near the truth within ten calls and follows a change", () => {
  const estimator = createUsageEstimator();
  for (let call = 0; call < 10; call += 1) estimator.learn("m", 6000, 2000, reported(2000, 400));
  const tokens = estimator.estimate("m", 6000, 2000).tokens;
  expect(Math.abs((tokens.input ?? 0) - 2000)).toBeLessThan(30);
  expect(Math.abs((tokens.output ?? 0) - 400)).toBeLessThan(10);
  for (let call = 0; call < 100; call += 1) estimator.learn("m", 6000, 2000, reported(1000, 400));
  expect(Math.abs((estimator.estimate("m", 6000, 2000).tokens.input ?? 0) - 1000)).toBeLessThan(20);
});

test("models are learnt apart, and an unknown one profits from all", () => {
  const estimator = createUsageEstimator();
  for (let call = 0; call < 50; call += 1) estimator.learn("dense", 2000, 1000, reported(1000, 500));
  expect(estimator.estimate("dense", 2000, 0).tokens.input).toBeGreaterThan(980);
  const other = estimator.estimate("new", 2000, 0).tokens.input ?? 0;
  expect(other).toBeGreaterThan(980);
});

test("cached tokens count as sent, reasoning as produced", () => {
  const estimator = createUsageEstimator();
  const usage: Usage = { source: "provider", tokens: { input: 100, cacheRead: 900, output: 100, reasoning: 400 } };
  for (let call = 0; call < 50; call += 1) estimator.learn("m", 4000, 400, usage);
  const tokens = estimator.estimate("m", 4000, 400).tokens;
  expect(Math.abs((tokens.input ?? 0) - 1000)).toBeLessThan(20);
  expect(Math.abs((tokens.output ?? 0) - 500)).toBeLessThan(20);
});

test.each<[string, number, Usage]>([
  ["an estimate of our own", 4000, { source: "estimated", tokens: { input: 10, output: 10 } }],
  ["an unknown usage", 4000, { source: "unknown", tokens: {} }],
  ["tokens without bytes", 0, reported(1000, 1000)],
  ["bytes without tokens", 4000, reported(0, 0)],
  ["a ratio beyond belief", 4_000_000, reported(1, 1)],
  ["no number", Number.NaN, reported(1, 1)],
])("learns nothing from %s", (_, bytes, usage) => {
  const estimator = createUsageEstimator();
  for (let call = 0; call < 20; call += 1) estimator.learn("m", bytes, bytes, usage);
  expect(estimator.estimate("m", 4000, 400).tokens).toEqual({ input: 1000, output: 100 });
});

test("a flood of model names keeps the memory bounded and the shared ratio working", () => {
  const estimator = createUsageEstimator();
  for (let call = 0; call < 5000; call += 1) estimator.learn(`m${call}`, 3000, 0, reported(1000, 0));
  expect(estimator.estimate("m4999", 3000, 0).tokens.input).toBe(estimator.estimate("never", 3000, 0).tokens.input);
});
