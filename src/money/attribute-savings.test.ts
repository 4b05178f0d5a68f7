import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Attempt } from "../spec/attempt.ts";
import type { Cost } from "../spec/money.ts";
import type { PriceBook } from "../spec/prices.ts";
import type { TokenClass, Usage } from "../spec/usage.ts";
import { attributeSavings, type SavingsInput } from "./attribute-savings.ts";
import { freeCost, unpricedCost } from "./sum-costs.ts";

/** Pico-dollars a token, small enough to reckon in one's head. Only `large` has cache prices; `secret` has none at all. */
const rates: Readonly<Record<string, Partial<Record<TokenClass, bigint>>>> = {
  large: { input: 10n, cacheRead: 1n, cacheWrite5m: 12n, output: 40n },
  small: { input: 1n, output: 4n },
};

const prices: PriceBook = {
  version: "test",
  costOf: (_vendor: string, model: string, usage: Usage): Cost => {
    let picoUsd = 0n;
    if (usage.source === "unknown") return unpricedCost;
    for (const [name, count] of Object.entries(usage.tokens)) {
      const rate = Object.entries(rates[model] ?? {}).find(([tokenClass]) => tokenClass === name)?.[1];
      if (rate === undefined) return unpricedCost;
      picoUsd += BigInt(count) * rate;
    }
    return { state: usage.source === "provider" ? "priced" : "estimated", picoUsd };
  },
  worstCase: () => null,
};

const usage: Usage = { source: "provider", tokens: { input: 100, output: 10 } };

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
    requestedVendor: "v",
    requestedModel: "large",
    reusedModel: null,
    answerUsage: usage,
    attempts: [],
    answeredIndex: null,
    atMs: 0,
    prices,
    ...changes,
  };
}

test("a call as asked saves nothing", () => {
  expect(attributeSavings(input({ attempts: [call("large")], answeredIndex: 0 }))).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: { state: "priced", picoUsd: 1400n },
    savings: [],
  });
});

test("a cheaper model's saving is choose-target's, modelled", () => {
  expect(attributeSavings(input({ attempts: [call("small")], answeredIndex: 0 }))).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: { state: "priced", picoUsd: 140n },
    savings: [{ technique: "choose-target", picoUsd: 1260n, method: "modelled" }],
  });
});

test("a dearer model's is a loss", () => {
  const routed = input({ requestedModel: "small", attempts: [call("large")], answeredIndex: 0 });
  expect(attributeSavings(routed).savings).toEqual([
    { technique: "choose-target", picoUsd: -1260n, method: "modelled" },
  ]);
});

test("the same model at another vendor is another target", () => {
  const routed = input({
    requestedVendor: "w",
    attempts: [call("large", { state: "priced", picoUsd: 1000n })],
    answeredIndex: 0,
  });
  expect(attributeSavings(routed).savings).toEqual([{ technique: "choose-target", picoUsd: 400n, method: "modelled" }]);
});

test("an exact hit saves its whole baseline, measured", () => {
  expect(attributeSavings(input({ origin: "exact", reusedModel: "large" }))).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: freeCost,
    savings: [{ technique: "exact-cache", picoUsd: 1400n, method: "measured" }],
  });
});

test("a hit bought from another model is modelled", () => {
  const hit = attributeSavings(input({ origin: "exact", reusedModel: "small" }));
  expect(hit.savings).toEqual([{ technique: "exact-cache", picoUsd: 1400n, method: "modelled" }]);
});

test("a later repeat would have read what the first wrote; a simultaneous one would have written too", () => {
  const written: Usage = { source: "provider", tokens: { input: 10, cacheRead: 5, cacheWrite5m: 1000, output: 10 } };
  const exact = attributeSavings(input({ origin: "exact", reusedModel: "large", answerUsage: written }));
  expect(exact.savings).toEqual([{ technique: "exact-cache", picoUsd: 100n + 1005n + 400n, method: "modelled" }]);
  const coalesced = attributeSavings(input({ origin: "coalesced", reusedModel: "large", answerUsage: written }));
  expect(coalesced.savings).toEqual([
    { technique: "coalesce", picoUsd: 100n + 5n + 12_000n + 400n, method: "measured" },
  ]);
});

test("a billed failure before the answer is retry's loss", () => {
  const retried = input({ attempts: [call("large"), call("small"), call("large")], answeredIndex: 2 });
  expect(attributeSavings(retried)).toEqual({
    baseline: { state: "priced", picoUsd: 1400n },
    cost: { state: "priced", picoUsd: 2940n },
    savings: [{ technique: "retry", picoUsd: -1540n, method: "measured" }],
  });
});

test("a refused first call costs nothing and leaves no line", () => {
  const retried = input({ attempts: [call("large", freeCost), call("large")], answeredIndex: 1 });
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
  const refused = input({ attempts: [call("large"), call("large", freeCost)], answeredIndex: 1 });
  expect(attributeSavings(refused)).toEqual({ baseline: call("large").cost, cost: call("large").cost, savings: [] });
});

test("nothing bought, nothing saved", () => {
  const nothing = { baseline: freeCost, cost: freeCost, savings: [] };
  expect(attributeSavings(input({ origin: null }))).toEqual(nothing);
  // A refusal by a cheaper model: it would have been refused as asked, too.
  expect(attributeSavings(input({ attempts: [call("small", freeCost)], answeredIndex: 0 }))).toEqual(nothing);
});

test("estimates stay marked", () => {
  const cut: Usage = { source: "estimated", tokens: { input: 100, output: 10 } };
  const aborted = attributeSavings(input({ origin: null, attempts: [call("small", undefined, cut)] }));
  expect([aborted.baseline.state, aborted.cost.state]).toEqual(["estimated", "estimated"]);
});

test.each<[string, Partial<SavingsInput>, Cost]>([
  ["an unpriced call", { attempts: [call("secret")], answeredIndex: 0 }, unpricedCost],
  ["an unpriced retry", { attempts: [call("secret"), call("large")], answeredIndex: 1 }, unpricedCost],
  [
    "an unpriced requested model",
    { requestedModel: "secret", attempts: [call("large")], answeredIndex: 0 },
    call("large").cost,
  ],
  ["an unpriced hit", { origin: "exact", requestedModel: "secret", reusedModel: "secret" }, freeCost],
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
      fc.option(fc.nat(3)),
      (attempts, origin, requestedModel, answeredIndex) => {
        const result = attributeSavings(
          input({ attempts, origin, requestedModel, reusedModel: "large", answeredIndex }),
        );
        const sum = result.savings.reduce((total, saving) => total + saving.picoUsd, 0n);
        const known = result.baseline.picoUsd !== null && result.cost.picoUsd !== null;
        expect(sum).toBe(known ? (result.baseline.picoUsd ?? 0n) - (result.cost.picoUsd ?? 0n) : 0n);
        expect(result.savings.every((saving) => known && saving.picoUsd !== 0n)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});
