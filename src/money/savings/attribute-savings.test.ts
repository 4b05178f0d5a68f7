import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Attempt } from "../../spec/attempt.ts";
import type { Cost } from "../../spec/money.ts";
import type { PriceBook } from "../../spec/prices.ts";
import type { TokenClass, Usage } from "../../spec/usage.ts";
import { attributeSavings, type SavingsInput } from "./attribute-savings.ts";
import { freeCost, unpricedCost } from "../costs/sum-costs.ts";
import { createUsageEstimator } from "../costs/usage-estimator.ts";

/** From here on everything costs twice as much. */
const dearerFromMs = 1_000;

/** Pico-dollars a token, small enough to reckon in one's head. Only `large` has cache prices; `secret` has none at all. */
const rates: Readonly<Record<string, Partial<Record<TokenClass, bigint>>>> = {
  large: { input: 10n, cacheRead: 1n, cacheWrite5m: 12n, output: 40n },
  small: { input: 1n, output: 4n },
};

const prices: PriceBook = {
  version: "test",
  costOf: (_vendor: string, model: string, usage: Usage, atMs: number): Cost => {
    let picoUsd = 0n;
    if (usage.source === "unknown") return unpricedCost;
    for (const [name, count] of Object.entries(usage.tokens)) {
      const rate = Object.entries(rates[model] ?? {}).find(([tokenClass]) => tokenClass === name)?.[1];
      if (rate === undefined) return unpricedCost;
      picoUsd += BigInt(count) * rate * (atMs < dearerFromMs ? 1n : 2n);
    }
    return { state: usage.source === "provider" ? "priced" : "estimated", picoUsd };
  },
  worstCase: () => null,
};

const usage: Usage = { source: "provider", tokens: { input: 100, output: 10 } };

const large = { vendor: "v", model: "large" };
const small = { vendor: "v", model: "small" };
const secret = { vendor: "v", model: "secret" };

function call(model: string, cost?: Cost, used: Usage = usage): Attempt {
  return {
    index: 0,
    endpointId: "e",
    vendor: "v",
    model,
    servedModel: null,
    outcome: "complete",
    status: 200,
    usage: used,
    cost: cost ?? prices.costOf("v", model, used, 0),
    startedAtMs: 0,
    durationUs: 1,
    timeToFirstByteUs: 1,
    providerRequestId: null,
    providerResponseId: null,
    finishReason: "stop",
  };
}

function input(changes: Partial<SavingsInput>): SavingsInput {
  return {
    origin: "provider",
    requested: large,
    reused: null,
    answerUsage: usage,
    attempts: [],
    atMs: 0,
    prices,
    estimator: createUsageEstimator(),
    ...changes,
  };
}

test("a call as asked saves nothing", () => {
  expect(attributeSavings(input({ attempts: [call("large")] }))).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: { state: "priced", picoUsd: 1400n },
    savings: [],
  });
});

test("a cheaper model's saving is choose-target's, modelled", () => {
  expect(attributeSavings(input({ attempts: [call("small")] }))).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: { state: "priced", picoUsd: 140n },
    savings: [{ technique: "choose-target", picoUsd: 1260n, method: "modelled" }],
  });
});

test("a dearer model's is a loss", () => {
  const routed = input({ requested: small, attempts: [call("large")] });
  expect(attributeSavings(routed).savings).toEqual([
    { technique: "choose-target", picoUsd: -1260n, method: "modelled" },
  ]);
});

test("the same model at another vendor is another target", () => {
  const routed = input({
    requested: { vendor: "w", model: "large" },
    attempts: [call("large", { state: "priced", picoUsd: 1000n })],
  });
  expect(attributeSavings(routed).savings).toEqual([{ technique: "choose-target", picoUsd: 400n, method: "modelled" }]);
});

test("an exact hit saves its whole baseline, measured", () => {
  expect(attributeSavings(input({ origin: "exact", reused: large }))).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: freeCost,
    savings: [{ technique: "exact-cache", picoUsd: 1400n, method: "measured" }],
  });
});

test("what finding the answer cost comes off the saving, whatever the answer was", () => {
  const overheads = [{ technique: "exact-cache", cost: { state: "priced", picoUsd: 9n } as const }];
  expect(attributeSavings(input({ origin: "exact", reused: large, overheads }))).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: { state: "priced", picoUsd: 9n },
    savings: [{ technique: "exact-cache", picoUsd: 1391n, method: "measured" }],
  });
  expect(attributeSavings(input({ origin: null, overheads }))).toEqual({
    baseline: freeCost,
    cost: { state: "priced", picoUsd: 9n },
    savings: [{ technique: "exact-cache", picoUsd: -9n, method: "measured" }],
  });
  expect(attributeSavings(input({ origin: "exact", reused: secret, requested: secret, overheads }))).toEqual({
    baseline: unpricedCost,
    cost: { state: "priced", picoUsd: 9n },
    savings: [],
  });
});

test("a normalised hit saves the same, and is modelled: another spelling was counted", () => {
  expect(attributeSavings(input({ origin: "normalised", reused: large })).savings).toEqual([
    { technique: "exact-cache", picoUsd: 1400n, method: "modelled" },
  ]);
});

test("a refresh was never asked for: all it cost is the cache's loss", () => {
  const refresh = { purpose: "refresh" } as const;
  expect(attributeSavings(input({ ...refresh, attempts: [call("small"), call("large")] }))).toEqual({
    baseline: freeCost,
    cost: { state: "priced", picoUsd: 1540n },
    savings: [{ technique: "exact-cache", picoUsd: -1540n, method: "measured" }],
  });
  const guessed = call("large", { state: "estimated", picoUsd: 3n });
  expect(attributeSavings(input({ ...refresh, attempts: [guessed] })).savings).toEqual([
    { technique: "exact-cache", picoUsd: -3n, method: "modelled" },
  ]);
  expect(attributeSavings(input({ ...refresh, attempts: [call("secret", unpricedCost)] }))).toEqual({
    baseline: unpricedCost,
    cost: unpricedCost,
    savings: [],
  });
  expect(attributeSavings(input(refresh))).toEqual({ baseline: freeCost, cost: freeCost, savings: [] });
});

test("a hit bought from another model is modelled, and alone off it would have cost that model's price", () => {
  const hit = attributeSavings(input({ origin: "exact", reused: small }));
  expect(hit.savings).toEqual([
    { technique: "exact-cache", picoUsd: 1400n, method: "modelled", aloneOffPicoUsd: 140n },
  ]);
});

test("a hit on an answer that was estimated is modelled", () => {
  const hit = attributeSavings(
    input({ origin: "exact", reused: large, answerUsage: { ...usage, source: "estimated" } }),
  );
  expect(hit.savings).toEqual([{ technique: "exact-cache", picoUsd: 1400n, method: "modelled" }]);
});

test("what the first call wrote into the provider's cache a repeat would have read", () => {
  const written: Usage = { source: "provider", tokens: { input: 10, cacheRead: 5, cacheWrite5m: 1000, output: 10 } };
  for (const [origin, technique] of [
    ["exact", "exact-cache"],
    ["coalesced", "coalesce"],
  ] as const) {
    const { savings } = attributeSavings(input({ origin, reused: large, answerUsage: written }));
    expect(savings).toEqual([{ technique, picoUsd: 100n + 1005n + 400n, method: "modelled" }]);
  }
});

test("a prompt that the vendor would have cached by itself is credited at the cached price", () => {
  const long: Usage = { source: "provider", tokens: { input: 1_300, output: 10 } };
  const requested = { vendor: "openai", model: "large" };
  const { savings } = attributeSavings(input({ origin: "exact", requested, reused: requested, answerUsage: long }));
  expect(savings).toEqual([{ technique: "exact-cache", picoUsd: 20n * 10n + 1_280n + 400n, method: "modelled" }]);
});

test("another vendor's tokens are counted as the asked vendor would", () => {
  const estimator = createUsageEstimator();
  for (let turn = 0; turn < 200; turn++) {
    estimator.learn("small", 6_000, 600, { source: "provider", tokens: { input: 1_000, output: 100 } });
    estimator.learn("large", 6_000, 600, { source: "provider", tokens: { input: 1_500, output: 150 } });
  }
  const routed = input({ requested: { vendor: "w", model: "large" }, attempts: [call("small")], estimator });
  expect(attributeSavings(routed)).toEqual({
    baseline: { state: "priced", picoUsd: 2_100n },
    cost: { state: "priced", picoUsd: 140n },
    savings: [{ technique: "choose-target", picoUsd: 1_960n, method: "modelled" }],
  });
});

test("an answer bought at another vendor is credited as the asked vendor would have counted and priced it", () => {
  const estimator = createUsageEstimator();
  for (let calls = 0; calls < 100; calls += 1) {
    estimator.learn("small", 6_000, 600, { source: "provider", tokens: { input: 1_000, output: 100 } });
    estimator.learn("large", 6_000, 600, { source: "provider", tokens: { input: 1_500, output: 150 } });
  }
  const reused = input({ origin: "exact", requested: { vendor: "w", model: "large" }, reused: small, estimator });
  expect(attributeSavings(reused)).toMatchObject({
    baseline: { state: "priced", picoUsd: 2_100n },
    cost: freeCost,
    savings: [{ technique: "exact-cache", picoUsd: 2_100n, method: "modelled", aloneOffPicoUsd: 140n }],
  });
});

test("a price that moves between arrival and call is a residual with its cause", () => {
  const late = { ...call("small"), cost: prices.costOf("v", "small", usage, 1_000), startedAtMs: 1_000 };
  expect(attributeSavings(input({ attempts: [late] }))).toEqual({
    baseline: { state: "priced", picoUsd: 1_400n },
    cost: { state: "priced", picoUsd: 280n },
    savings: [
      { technique: "residual:price-moved", picoUsd: -1_400n, method: "measured" },
      { technique: "choose-target", picoUsd: 2_520n, method: "modelled" },
    ],
  });
});

test("what is bought again after a billed failure is retry's loss", () => {
  const retried = input({ attempts: [call("large"), call("small"), call("large")] });
  expect(attributeSavings(retried)).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: { state: "priced", picoUsd: 2940n },
    savings: [{ technique: "retry", picoUsd: -1540n, method: "measured" }],
  });
  const cut = call("large", { state: "estimated", picoUsd: 3n }, { source: "estimated", tokens: { input: 0 } });
  expect(attributeSavings(input({ attempts: [call("large"), cut] })).savings).toEqual([
    { technique: "retry", picoUsd: -3n, method: "modelled" },
  ]);
});

test("a refused first call costs nothing and leaves no line", () => {
  const retried = input({ attempts: [call("large", freeCost), call("large")] });
  expect(attributeSavings(retried).savings).toEqual([]);
});

test("a request without an answer would have cost what its first billed call cost", () => {
  const aborted = input({ origin: null, attempts: [call("large", freeCost), call("large"), call("large")] });
  expect(attributeSavings(aborted)).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: { state: "priced", picoUsd: 2800n },
    savings: [{ technique: "retry", picoUsd: -1400n, method: "measured" }],
  });
  const routedAway = input({ origin: null, attempts: [call("small")] });
  expect(attributeSavings(routedAway).savings).toEqual([
    { technique: "choose-target", picoUsd: 1260n, method: "modelled" },
  ]);
});

test("a billed failure that ends in a refusal would have been billed as asked, too", () => {
  const refused = input({ attempts: [call("large"), call("large", freeCost)] });
  expect(attributeSavings(refused)).toEqual({ baseline: call("large").cost, cost: call("large").cost, savings: [] });
});

test("nothing bought, nothing saved", () => {
  const nothing = { baseline: freeCost, cost: freeCost, savings: [] };
  expect(attributeSavings(input({ origin: null }))).toEqual(nothing);
  // A refusal by a cheaper model: it would have been refused as asked, too.
  expect(attributeSavings(input({ attempts: [call("small", freeCost)] }))).toEqual(nothing);
});

test("estimates stay marked", () => {
  const cut: Usage = { source: "estimated", tokens: { input: 100, output: 10 } };
  const aborted = attributeSavings(input({ origin: null, attempts: [call("small", undefined, cut)] }));
  expect([aborted.baseline.state, aborted.cost.state]).toEqual(["estimated", "estimated"]);
});

test.each<[string, Partial<SavingsInput>, Cost]>([
  ["an unpriced call", { attempts: [call("secret")] }, unpricedCost],
  ["an unpriced retry", { attempts: [call("secret"), call("large")] }, unpricedCost],
  ["an unpriced requested model", { requested: secret, attempts: [call("large")] }, call("large").cost],
  ["an unpriced hit", { origin: "exact", requested: secret, reused: secret }, freeCost],
])("%s leaves a gap, not a zero, and keeps the known cost", (_, changes, cost) => {
  expect(attributeSavings(input(changes))).toEqual({ baseline: unpricedCost, cost, savings: [] });
});

test("savings always sum to baseline minus cost, and no line is zero", () => {
  const attempt = fc
    .record({ model: fc.constantFrom("large", "small", "secret"), count: fc.nat(1000), free: fc.boolean() })
    .map(({ model, count, free }) =>
      call(model, free ? freeCost : undefined, { source: "provider", tokens: { input: count, output: count % 7 } }),
    );
  fc.assert(
    fc.property(
      fc.array(attempt, { maxLength: 3 }),
      fc.constantFrom("provider", "exact", "coalesced", null),
      fc.constantFrom("large", "small", "secret"),
      fc.constantFrom(0, 999, 1_000),
      (attempts, origin, model, atMs) => {
        const requested = { vendor: "v", model };
        const result = attributeSavings(input({ attempts, origin, requested, reused: large, atMs }));
        const sum = result.savings.reduce((total, saving) => total + saving.picoUsd, 0n);
        const known = result.baseline.picoUsd !== null && result.cost.picoUsd !== null;
        expect(sum).toBe(known ? (result.baseline.picoUsd ?? 0n) - (result.cost.picoUsd ?? 0n) : 0n);
        expect(result.savings.every((saving) => known && saving.picoUsd !== 0n)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});
