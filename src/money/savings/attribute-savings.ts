import type { Attempt } from "../../spec/attempt.ts";
import type { UsageEstimator } from "../../spec/estimator.ts";
import type { Cost, SavingMethod } from "../../spec/money.ts";
import type { PriceBook } from "../../spec/prices.ts";
import type { Origin } from "../../spec/reply.ts";
import type { Usage } from "../../spec/usage.ts";
import { type AttributedSavings, attributeChain, type Overhead, type PricedPoint } from "./attribute-chain.ts";
import { recountTokens } from "./recount-tokens.ts";
import { repeatUsage } from "./repeat-usage.ts";
import { residualTechnique } from "./residual.ts";
import { freeCost, sumCosts } from "../costs/sum-costs.ts";
import { sumUsages } from "../costs/sum-usages.ts";

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
  /** Parts of the answer that were not bought for this request, and where they were bought. Absent: it has no parts. */
  readonly reusedPart?: { readonly usage: Usage; readonly bought: PricedModel | null } | null;
  /** Every call made for the request, in order. */
  readonly attempts: readonly Attempt[];
  /** What Farthing itself spent on it. Absent: nothing. */
  readonly overheads?: readonly Overhead[];
  /** `refresh`: nobody asked for it; it was made so that a stale answer has a successor. */
  readonly purpose?: "refresh" | undefined;
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
  const { origin, overheads } = input;
  if (input.purpose === "refresh") return attributeRefresh(input);
  if (origin === "exact" || origin === "normalised" || origin === "coalesced") return attributeReused(input, origin);
  const first = input.attempts.find((attempt) => attempt.cost.state !== "free");
  // Nothing was bought (a refusal, a failed connection), so nothing would have been as asked.
  if (first === undefined) return attributeChain(freeCost, [], overheads);
  const { requested, prices, atMs } = input;
  const asAsked = first.vendor === requested.vendor && first.model === requested.model;
  const usage = asAsked ? first.usage : usageAt(requested, first, first.usage, input.estimator);
  const atCall = asAsked ? first.cost : priceOf(requested, usage, prices, first.startedAtMs);
  const whole = wholeUsageOf(input, first, usage);
  const wholeAtCall = whole === usage ? atCall : priceOf(requested, whole, prices, first.startedAtMs);
  const atArrival = wholeAtCall.picoUsd === null ? wholeAtCall : priceOf(requested, whole, prices, atMs);
  return attributeChain(
    atArrival.picoUsd === null ? wholeAtCall : atArrival,
    [
      { by: residualTechnique("price-moved"), cost: wholeAtCall, method: "measured" },
      { by: "embedding-cache", cost: atCall, method: methodOf(wholeAtCall) },
      { by: "choose-target", cost: first.cost, method: "modelled" },
      pointAfterCalls(input.attempts),
    ],
    overheads,
  );
}

/** What the whole request would have counted, of which only a part was bought; `usage` itself where it has no parts. */
function wholeUsageOf(
  { requested, reusedPart, answerUsage, estimator }: SavingsInput,
  first: PricedModel,
  usage: Usage,
): Usage {
  if (reusedPart === undefined || reusedPart === null) return usage;
  const reused = usageAt(requested, reusedPart.bought ?? first, reusedPart.usage, estimator);
  return sumUsages([usageAt(requested, first, answerUsage, estimator), reused]);
}

/** As asked there was no such request: all it cost is what the cache spent to serve stale answers meanwhile. */
function attributeRefresh({ attempts, overheads }: SavingsInput): AttributedSavings {
  const cost = sumCosts(attempts.map((attempt) => attempt.cost));
  return attributeChain(freeCost, [{ by: "exact-cache", cost, method: methodOf(cost) }], overheads);
}

/** Where all calls together lead: every one after the first that was billed is a repeat. */
function pointAfterCalls(attempts: readonly Attempt[]): PricedPoint {
  const cost = sumCosts(attempts.map((attempt) => attempt.cost));
  const repeats = attempts.filter((attempt) => attempt.cost.state !== "free").slice(1);
  const guessed = repeats.some((attempt) => methodOf(attempt.cost) === "modelled");
  return { by: "retry", cost, method: guessed ? "modelled" : "measured" };
}

function attributeReused(input: SavingsInput, origin: "exact" | "normalised" | "coalesced"): AttributedSavings {
  const { requested, reused, answerUsage, prices, atMs } = input;
  const bought = reused ?? requested;
  const sameModel = bought.vendor === requested.vendor && bought.model === requested.model;
  const usage = usageAt(requested, bought, answerUsage, input.estimator);
  const byParts = input.reusedPart !== undefined && input.reusedPart !== null;
  // Embeddings have no prompt cache.
  const repeated = byParts ? usage : repeatUsage(usage, requested.vendor);
  const baseline = priceOf(requested, repeated, prices, atMs);
  const technique = byParts ? "embedding-cache" : origin === "coalesced" ? "coalesce" : "exact-cache";
  // What stands in for the repeat is the very same request's usage, or one of another spelling.
  const isSame = sameModel && origin !== "normalised" && repeated === answerUsage;
  // With the reuse alone off, the rules would still have sent the request to the model that the answer was bought from.
  const aloneOff = sameModel
    ? baseline
    : priceOf(bought, byParts ? answerUsage : repeatUsage(answerUsage, bought.vendor), prices, atMs);
  return attributeChain(
    baseline,
    [
      {
        by: technique,
        cost: freeCost,
        method: isSame ? methodOf(baseline) : "modelled",
        ...(aloneOff.picoUsd === null ? {} : { aloneOffPicoUsd: aloneOff.picoUsd }),
      },
      pointAfterCalls(input.attempts),
    ],
    input.overheads,
  );
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
