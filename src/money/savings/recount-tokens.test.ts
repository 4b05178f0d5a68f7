import { expect, test } from "vitest";
import type { UsageEstimator } from "../../spec/estimator.ts";
import type { Usage } from "../../spec/usage.ts";
import { createUsageEstimator } from "../costs/usage-estimator.ts";
import { recountTokens } from "./recount-tokens.ts";

const usage: Usage = { source: "provider", tokens: { input: 1_000, cacheRead: 200, output: 100, reasoning: 50 } };

/** Two bytes of output a token at the model that served, four of input: the directions do not stand in for each other. */
function learnt(model: string, inputTokens: number, outputTokens: number): ReturnType<typeof createUsageEstimator> {
  const estimator = createUsageEstimator();
  for (let turn = 0; turn < 300; turn++) {
    estimator.learn("served", 4_000, 200, { source: "provider", tokens: { input: 1_000, output: 100 } });
    estimator.learn(model, 4_000, 200, {
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

test.each<[string, Usage["tokens"], Usage["tokens"]]>([
  ["nothing of the model that served", {}, { output: 7 }],
  ["nothing of the model that was asked", { output: 7 }, {}],
  ["no token of the model that served", { output: 0 }, { output: 7 }],
])("a direction of which the estimator says %s counts alike", (_what, served, asked) => {
  const estimator: UsageEstimator = {
    ...createUsageEstimator(),
    estimate: (model) => ({ source: "estimated", tokens: model === "served" ? served : asked }),
  };
  expect(recountTokens(usage, "served", "asked", estimator)).toEqual(usage);
});

test("a single token is a count", () => {
  const estimator: UsageEstimator = {
    ...createUsageEstimator(),
    estimate: (model) => ({ source: "estimated", tokens: { input: 5, output: model === "served" ? 1 : 2 } }),
  };
  expect(recountTokens(usage, "served", "asked", estimator).tokens).toMatchObject({ input: 1_000, output: 200 });
});

test("estimates in whole tokens err by a few in a million", () => {
  const estimator: UsageEstimator = {
    ...createUsageEstimator(),
    estimate: (model, promptBytes) => ({
      source: "estimated",
      tokens: { input: Math.ceil(promptBytes / (model === "served" ? 4 : 3)) },
    }),
  };
  // A sample of a million bytes: 333,334 tokens for 250,000.
  const recounted = recountTokens({ source: "provider", tokens: { input: 3_000_000 } }, "served", "asked", estimator);
  expect(recounted.tokens).toEqual({ input: 4_000_008 });
});
