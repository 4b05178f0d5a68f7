import { describe, expect, it } from "vitest";
import type { Attempt } from "../../spec/attempt.ts";
import type { Cost } from "../../spec/money.ts";
import type { PriceBook } from "../../spec/prices.ts";
import type { Usage } from "../../spec/usage.ts";
import { unpricedCost } from "../costs/sum-costs.ts";
import { createUsageEstimator } from "../costs/usage-estimator.ts";
import { attributeSavings, type SavingsInput } from "./attribute-savings.ts";

/** Ten pico-dollars a token, from the first second on twenty, of the large model three times that; embeddings have no price for cached tokens. */
const prices: PriceBook = {
  version: "test",
  costOf: (_vendor: string, model: string, { source, tokens }: Usage, atMs: number): Cost => {
    const { input = 0, cacheRead = 0 } = tokens;
    if (source === "unknown" || model === "secret" || cacheRead > 0) return unpricedCost;
    const each = (atMs < 1_000 ? 10n : 20n) * (model === "embed-large" ? 3n : 1n);
    const picoUsd = BigInt(input) * each;
    return { state: source === "provider" ? "priced" : "estimated", picoUsd };
  },
  worstCase: () => null,
};
const requested = { vendor: "openai", model: "embed" };
const counted = (input: number): Usage => ({ source: "provider", tokens: { input } });
const estimated = (input: number): Usage => ({ source: "estimated", tokens: { input } });

function callOf(usage: Usage, startedAtMs = 0): Attempt {
  return {
    index: 0,
    endpointId: "e",
    ...requested,
    servedModel: null,
    outcome: "complete",
    status: 200,
    usage,
    cost: prices.costOf("openai", "embed", usage, startedAtMs),
    startedAtMs,
    durationUs: 1,
    timeToFirstByteUs: 1,
    providerRequestId: null,
    providerResponseId: null,
    finishReason: "stop",
  };
}

function attributed(changes: Partial<SavingsInput>): ReturnType<typeof attributeSavings> {
  const estimator = createUsageEstimator();
  const nothing = { origin: "provider", requested, reused: null, attempts: [], atMs: 0, prices, estimator } as const;
  return attributeSavings({ ...nothing, answerUsage: counted(0), ...changes });
}

describe("an answer of which a part was not bought", () => {
  it("saves that part, modelled where it is a share", () => {
    const bought = { answerUsage: counted(30), attempts: [callOf(counted(30))] };
    const whole = { baseline: { picoUsd: 1_000n }, cost: { picoUsd: 300n } };
    const shares = attributed({ ...bought, reusedPart: { usage: estimated(70), bought: requested } });
    expect(shares).toMatchObject(whole);
    expect(shares.savings).toEqual([{ technique: "embedding-cache", picoUsd: 700n, method: "modelled" }]);
    const known = attributed({ ...bought, reusedPart: { usage: counted(70), bought: null } });
    expect(known).toMatchObject(whole);
    expect(known.savings).toEqual([{ technique: "embedding-cache", picoUsd: 700n, method: "measured" }]);
  });

  it("leaves a price that moved to nobody, and a further call to retry", () => {
    const { baseline, cost, savings } = attributed({
      answerUsage: counted(50),
      attempts: [callOf(counted(30), 2_000), callOf(counted(20), 2_000)],
      reusedPart: { usage: counted(70), bought: requested },
    });
    expect([baseline.picoUsd, cost.picoUsd]).toEqual([1_200n, 1_000n]);
    expect(savings).toEqual([
      { technique: "residual:price-moved", picoUsd: -1_200n, method: "measured" },
      { technique: "embedding-cache", picoUsd: 1_800n, method: "measured" },
      { technique: "retry", picoUsd: -400n, method: "measured" },
    ]);
  });

  it("has no baseline where a part has no price", () => {
    const unknown: Usage = { source: "unknown", tokens: {} };
    const { baseline, cost, savings } = attributed({
      answerUsage: counted(30),
      attempts: [callOf(counted(30))],
      reusedPart: { usage: unknown, bought: requested },
    });
    expect([baseline.state, cost.picoUsd, savings]).toEqual(["unpriced", 300n, []]);
  });
});

describe("an answer of which nothing was bought", () => {
  it.each(["exact", "coalesced"] as const)("saves all of it, minus its lookup: %s", (origin) => {
    const part = { usage: counted(2_000), bought: requested };
    const lookup = { technique: "embedding-cache", cost: { state: "priced", picoUsd: 7n } } as const;
    const { baseline, cost, savings } = attributed({
      origin,
      reused: requested,
      answerUsage: part.usage,
      reusedPart: part,
      overheads: [lookup],
    });
    // No prompt cache is reckoned, which OpenAI has from 1,024 tokens of a chat on.
    expect([baseline.picoUsd, cost.picoUsd]).toEqual([20_000n, 7n]);
    expect(savings).toEqual([{ technique: "embedding-cache", picoUsd: 19_993n, method: "measured" }]);
  });

  it("is worth alone what its own model would have cost again, with no prompt cache either", () => {
    const bought = { vendor: "openai", model: "embed-large" };
    const part = { usage: counted(2_000), bought };
    const { baseline, savings } = attributed({
      origin: "exact",
      reused: bought,
      answerUsage: part.usage,
      reusedPart: part,
    });
    expect(baseline.picoUsd).toBe(20_000n);
    expect(savings).toEqual([
      { technique: "embedding-cache", picoUsd: 20_000n, method: "modelled", aloneOffPicoUsd: 60_000n },
    ]);
  });
});
