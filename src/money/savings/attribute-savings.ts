import type { Attempt } from "../../spec/attempt.ts";
import type { UsageEstimator } from "../../spec/estimator.ts";
import type { Cost, SavingMethod } from "../../spec/money.ts";
import type { PriceBook } from "../../spec/prices.ts";
import type { Origin } from "../../spec/reply.ts";
import type { Usage } from "../../spec/usage.ts";
import { type AttributedSavings, attributeChain, type PricedPoint } from "./attribute-chain.ts";
import { recountTokens } from "./recount-tokens.ts";
import { repeatUsage } from "./repeat-usage.ts";
import { residualTechnique } from "./residual.ts";
import { freeCost, sumCosts } from "../costs/sum-costs.ts";

/** Who answers, as prices know it. */
interface PricedModel {
  readonly vendor: string;
  readonly model: string;
}

/** What is known of one request when it is settled. */
export interface SavingsInput {
  /** Where the answer came from; null when the caller got none. */
  readonly origin: Origin | null;
  /** What the caller named, at the vendor of the endpoint that the request would have gone to untouched. */
  readonly requested: PricedModel;
  /** What a reused answer (hit, follower) was bought from; null for an answer bought now. */
  readonly reused: PricedModel | null;
  /** Usage of the answer the caller got; of a reused one, what the provider counted when it was bought. */
  readonly answerUsage: Usage;
  /** Every call made for the request, in order. */
  readonly attempts: readonly Attempt[];
  /** Wall time whose prices the baseline is reckoned at, milliseconds since the epoch. */
  readonly atMs: number;
  readonly prices: PriceBook;
  readonly estimator: UsageEstimator;
}

/**
 * Splits baseline minus cost among the techniques, in pipeline order: a reused answer is the cache's (or coalesce's)
 * whole saving, another model's price is choose-target's, and every further call that cost money is retry's, as a loss.
 * The first call that cost money stands for the request: as asked, it would have been made and billed too, answered or not.
 */
export function attributeSavings(input: SavingsInput): AttributedSavings {
  if (input.origin === "exact" || input.origin === "coalesced") return attributeReused(input, input.origin);
  const first = input.attempts.find((attempt) => attempt.cost.state !== "free");
  // Nothing was bought (a refusal, a failed connection), so nothing would have been as asked.
  if (first === undefined) return attributeChain(freeCost, []);
  const { requested, prices, atMs } = input;
  const asAsked = first.vendor === requested.vendor && first.model === requested.model;
  const usage = asAsked ? first.usage : usageAt(requested, first, first.usage, input.estimator);
  const atCall = asAsked ? first.cost : priceOf(requested, usage, prices, first.startedAtMs);
  const atArrival = atCall.picoUsd === null ? atCall : priceOf(requested, usage, prices, atMs);
  return attributeChain(atArrival.picoUsd === null ? atCall : atArrival, [
    { by: residualTechnique("price-moved"), cost: atCall, method: "measured" },
    { by: "choose-target", cost: first.cost, method: "modelled" },
    pointAfterCalls(input.attempts),
  ]);
}

/** Where all calls together lead: every one after the first that was billed is a repeat. */
function pointAfterCalls(attempts: readonly Attempt[]): PricedPoint {
  const cost = sumCosts(attempts.map((attempt) => attempt.cost));
  const repeats = attempts.filter((attempt) => attempt.cost.state !== "free").slice(1);
  const guessed = repeats.some((attempt) => methodOf(attempt.cost) === "modelled");
  return { by: "retry", cost, method: guessed ? "modelled" : "measured" };
}

function attributeReused(input: SavingsInput, origin: "exact" | "coalesced"): AttributedSavings {
  const { requested, reused, answerUsage, prices, atMs } = input;
  const bought = reused ?? requested;
  const sameModel = bought.vendor === requested.vendor && bought.model === requested.model;
  const usage = usageAt(requested, bought, answerUsage, input.estimator);
  const repeated = repeatUsage(usage, requested.vendor);
  const baseline = priceOf(requested, repeated, prices, atMs);
  const technique = origin === "exact" ? "exact-cache" : "coalesce";
  // With the reuse alone off, the rules would still have sent the request to the model that the answer was bought from.
  const aloneOff = sameModel ? baseline : priceOf(bought, repeatUsage(answerUsage, bought.vendor), prices, atMs);
  return attributeChain(baseline, [
    {
      by: technique,
      cost: freeCost,
      method: sameModel && repeated === answerUsage ? methodOf(baseline) : "modelled",
      ...(aloneOff.picoUsd === null ? {} : { aloneOffPicoUsd: aloneOff.picoUsd }),
    },
    pointAfterCalls(input.attempts),
  ]);
}

/** The usage as the requested model would have counted it; vendors count alike within themselves. */
function usageAt(requested: PricedModel, counted: PricedModel, usage: Usage, estimator: UsageEstimator): Usage {
  if (requested.vendor === counted.vendor) return usage;
  return recountTokens(usage, counted.model, requested.model, estimator);
}

function priceOf({ vendor, model }: PricedModel, usage: Usage, prices: PriceBook, atMs: number): Cost {
  return prices.costOf(vendor, model, usage, atMs);
}

/** An amount that holds an estimate is not measured. */
function methodOf(cost: Cost): SavingMethod {
  return cost.state === "estimated" ? "modelled" : "measured";
}
