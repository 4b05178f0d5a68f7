import { expect, test } from "vitest";
import type { Usage } from "../../spec/usage.ts";
import { createUsageEstimator } from "./usage-estimator.ts";

function reported(input: number, output: number): Usage {
  return { source: "provider", tokens: { input, output } };
}

test("before anything is known a token is four bytes, rounded up, and something was sent", () => {
  const estimator = createUsageEstimator();
  expect(estimator.estimate("m", 4001, 801)).toEqual({ source: "estimated", tokens: { input: 1001, output: 201 } });
  expect(estimator.estimate("m", 1, 1).tokens).toEqual({ input: 1, output: 1 });
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

// What is assumed at first weighs 200 bytes and 50 tokens, and 190 and 47.5 once a call has come: 4,190 bytes for 1,047.5
// tokens of input, 590 for 547.5 of output.
test.each<Usage["tokens"]>([
  { input: 100, cacheRead: 900, output: 100, reasoning: 400 },
  { cacheWrite5m: 1000, output: 500 },
  { input: 1000, reasoning: 500 },
])("cached tokens count as sent, reasoning as produced: %o", (tokens) => {
  const estimator = createUsageEstimator();
  estimator.learn("m", 4000, 400, { source: "provider", tokens });
  expect(estimator.estimate("m", 4_190_000, 590_000).tokens).toEqual({ input: 1_047_500, output: 547_500 });
});

test.each([
  ["a single byte", 1, 1, 191_000, 48_500],
  ["64 bytes a token", 64, 1, 254_000, 48_500],
  ["20 tokens a byte", 50, 1000, 240_000, 1_047_500],
])("learns from %s", (_, bytes, tokens, estimated, expected) => {
  const estimator = createUsageEstimator();
  estimator.learn("m", bytes, bytes, reported(tokens, tokens));
  expect(estimator.estimate("m", estimated, estimated).tokens).toEqual({ input: expected, output: expected });
});

test.each<[string, number, Usage]>([
  ["an estimate of our own", 4000, { source: "estimated", tokens: { input: 10, output: 10 } }],
  ["an unknown usage", 4000, { source: "unknown", tokens: {} }],
  ["tokens without bytes", 0, reported(1000, 1000)],
  ["bytes without tokens", 4000, reported(0, 0)],
  ["neither", 0, reported(0, 0)],
  ["more bytes a token than belief", 65, reported(1, 1)],
  ["more tokens a byte than belief", 49, reported(1000, 1000)],
  ["no number", Number.NaN, reported(1, 1)],
])("learns nothing from %s", (_, bytes, usage) => {
  const estimator = createUsageEstimator();
  for (let call = 0; call < 20; call += 1) estimator.learn("m", bytes, bytes, usage);
  expect(estimator.estimate("m", 4000, 400).tokens).toEqual({ input: 1000, output: 100 });
  // Nor does the assumption lose weight: the next call teaches as a first one does.
  estimator.learn("m", 4000, 400, reported(1000, 500));
  expect(estimator.estimate("m", 4_190_000, 590_000).tokens).toEqual({ input: 1_047_500, output: 547_500 });
});

test("the first 64 calls of a model are measured, then one in sixteen", () => {
  const estimator = createUsageEstimator();
  const answers = Array.from({ length: 100 }, () => estimator.isDue("m"));
  const due = answers.flatMap((isDue, index) => (isDue ? [index + 1] : []));
  expect(due).toEqual([...Array.from({ length: 64 }, (_, index) => index + 1), 80, 96]);
  estimator.learn("m", 4000, 400, reported(1000, 100));
  expect(estimator.isDue("m")).toBe(true);
});

test("a flood of model names keeps the memory bounded and the shared ratio working", () => {
  const estimator = createUsageEstimator();
  for (let call = 0; call < 511; call += 1) estimator.learn(`m${call}`, 3000, 0, reported(1000, 0));
  // The 512th is the last that is remembered: 190 + 3000 bytes for 47.5 + 500 tokens.
  for (const model of ["last", "beyond"]) estimator.learn(model, 3000, 0, reported(500, 0));
  const input = (model: string): number | undefined => estimator.estimate(model, 3_190_000, 0).tokens.input;
  expect(input("last")).toBe(547_500);
  expect(input("beyond")).toBe(input("never"));
  // A third of a token a byte, of all models but the last two.
  expect(input("never")).toBeGreaterThan(1_000_000);
});
