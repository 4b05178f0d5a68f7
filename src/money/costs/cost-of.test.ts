import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Cost } from "../../spec/money.ts";
import { tokenClasses, type TokenClass, type Usage } from "../../spec/usage.ts";
import { compileVendor } from "../prices/compile-prices.ts";
import { costOf } from "./cost-of.ts";
import { findModel, type FoundModel } from "../prices/find-model.ts";
import { unpricedCost } from "./sum-costs.ts";

const allClasses = Object.fromEntries(tokenClasses.map((name, index) => [name, `0.${index + 1}`]));
const vendor = compileVendor({
  vendor: "test",
  serviceTierPercent: { flex: 50 },
  serverTools: { web_search_requests: "0.01" },
  models: [
    {
      id: "every-class",
      prices: [
        {
          from: null,
          caching: "billed-writes",
          usdPerMillion: allClasses,
          confidence: "high",
          source: "test",
          checked: "2026-11-21",
        },
      ],
    },
    {
      id: "two-classes",
      prices: [
        {
          from: null,
          caching: "billed-writes",
          usdPerMillion: { input: "1", output: "2" },
          confidence: "low",
          source: "test",
          checked: "2026-11-21",
        },
      ],
    },
  ],
});
const every = modelOf("every-class");
const two = modelOf("two-classes");

const countArbitrary = fc.integer({ min: 0, max: 2 ** 40 });
const tokensArbitrary: fc.Arbitrary<Partial<Record<TokenClass, number>>> = fc.record(
  Object.fromEntries(tokenClasses.map((name) => [name, countArbitrary])),
  { requiredKeys: [] },
);

function modelOf(name: string): FoundModel {
  const model = findModel(vendor, name);
  if (model === null) throw new Error(`no ${name}`);
  return model;
}

function provider(tokens: Usage["tokens"]): Usage {
  return { source: "provider", tokens };
}

function costOfInput(input: number): bigint {
  return costOf(every, provider({ input }), 0).picoUsd ?? -1n;
}

function costWith(extras: Partial<Usage>): Cost {
  return costOf(every, { ...provider({ input: 10 }), ...extras }, 0);
}

test("a cost is the sum of its classes, exact and never negative", () => {
  fc.assert(
    fc.property(tokensArbitrary, (tokens) => {
      const whole = costOf(every, provider(tokens), 0);
      let sum = 0n;
      for (const name of tokenClasses) sum += costOf(every, provider({ [name]: tokens[name] ?? 0 }), 0).picoUsd ?? -1n;
      expect(whole).toEqual({ state: "priced", picoUsd: sum });
      expect(sum).toBeGreaterThanOrEqual(0n);
    }),
  );
});

test("two usages cost together what they cost apart", () => {
  fc.assert(
    fc.property(countArbitrary, countArbitrary, (a, b) => {
      expect(costOfInput(a) + costOfInput(b)).toBe(costOfInput(a + b));
    }),
  );
});

test("a class without a price makes the usage unpriced, and a zero of it does not", () => {
  expect(costOf(two, provider({ input: 1, cacheRead: 1 }), 0)).toEqual(unpricedCost);
  expect(costOf(two, provider({ input: 1, cacheRead: 0 }), 0).picoUsd).toBe(1_000_000n);
});

test.each([-1, 1.5, Number.NaN, 2 ** 53, Infinity])("a count of %s is nobody's bill", (count) => {
  expect(costOf(every, provider({ input: count }), 0)).toEqual(unpricedCost);
});

test("an unknown usage has no cost, a reported zero has one of zero", () => {
  expect(costOf(every, { source: "unknown", tokens: {} }, 0)).toEqual(unpricedCost);
  expect(costOf(every, provider({ input: 0, output: 0 }), 0)).toEqual({ state: "priced", picoUsd: 0n });
});

test("estimated usage and prices of low confidence are estimates", () => {
  expect(costOf(every, { source: "estimated", tokens: { input: 1 } }, 0).state).toBe("estimated");
  expect(costOf(two, provider({ input: 1 }), 0).state).toBe("estimated");
});

test("another service tier is never silently the default one", () => {
  expect(costWith({ serviceTier: "default" })).toEqual({ state: "priced", picoUsd: 1_000_000n });
  expect(costWith({ serviceTier: "standard" })).toEqual({ state: "priced", picoUsd: 1_000_000n });
  expect(costWith({ serviceTier: "flex" })).toEqual({ state: "estimated", picoUsd: 500_000n });
  expect(costWith({ serviceTier: "never-heard-of" })).toEqual({ state: "estimated", picoUsd: 1_000_000n });
});

test("server tools are billed by the call, and an unknown one is unpriced", () => {
  expect(costWith({ serverToolCalls: { web_search_requests: 3 } })).toEqual({
    state: "priced",
    picoUsd: 30_001_000_000n,
  });
  expect(costWith({ serverToolCalls: { code_execution: 1 } })).toEqual(unpricedCost);
  expect(costWith({ serverToolCalls: { code_execution: 0 } })).toEqual({ state: "priced", picoUsd: 1_000_000n });
});
