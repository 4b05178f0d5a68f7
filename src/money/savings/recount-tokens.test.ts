import { expect, test } from "vitest";
import type { Usage } from "../../spec/usage.ts";
import { createUsageEstimator } from "../costs/usage-estimator.ts";
import { recountTokens } from "./recount-tokens.ts";

const usage: Usage = { source: "provider", tokens: { input: 1_000, cacheRead: 200, output: 100, reasoning: 50 } };

function learnt(model: string, inputTokens: number, outputTokens: number): ReturnType<typeof createUsageEstimator> {
  const estimator = createUsageEstimator();
  for (let turn = 0; turn < 300; turn++) {
    estimator.learn("served", 4_000, 400, { source: "provider", tokens: { input: 1_000, output: 100 } });
    estimator.learn(model, 4_000, 400, {
      source: "provider",
      tokens: { input: inputTokens, output: outputTokens },
    });
  }
  return estimator;
}

test("each class by the ratio of its direction", () => {
  const estimator = learnt("asked", 1_200, 150);
  expect(recountTokens(usage, "served", "asked", estimator)).toEqual({
    source: "provider",
    tokens: { input: 1_200, cacheRead: 240, output: 150, reasoning: 75 },
  });
});

test("a ratio beyond two is not the text's", () => {
  expect(recountTokens(usage, "served", "asked", learnt("asked", 4_000, 10)).tokens).toEqual({
    input: 2_000,
    cacheRead: 400,
    output: 50,
    reasoning: 25,
  });
});

test("the answering vendor's tier is no tier of the asked one", () => {
  const served: Usage = { ...usage, serviceTier: "priority", region: "us" };
  expect(recountTokens(served, "served", "asked", createUsageEstimator())).toEqual(usage);
});

test("one model counts like itself, and models of which nothing was learnt count alike", () => {
  expect(recountTokens(usage, "served", "served", createUsageEstimator())).toBe(usage);
  expect(recountTokens(usage, "served", "asked", createUsageEstimator())).toEqual(usage);
});
