import type { Attempt } from "../spec/attempt.ts";
import type { Cost, PicoUsd, Saving, SavingMethod } from "../spec/money.ts";
import type { PriceBook } from "../spec/prices.ts";
import type { Origin } from "../spec/reply.ts";
import type { TokenClass, Usage } from "../spec/usage.ts";
import { freeCost, sumCosts, unpricedCost } from "./sum-costs.ts";

/** What is known of one request when it is settled. */
export interface SavingsInput {
  /** Where the answer came from; null when the caller got none. */
  readonly origin: Origin | null;
  /** Vendor of the endpoint that the request would have gone to untouched. */
  readonly requestedVendor: string;
  /** The model that the caller named. */
  readonly requestedModel: string;
  /** The model that a reused answer (hit, follower) was bought from; null for an answer bought now. */
  readonly reusedModel: string | null;
  /** Usage of the answer the caller got; of a reused one, what the provider counted when it was bought. */
  readonly answerUsage: Usage;
  /** Every call made for the request, in order. */
  readonly attempts: readonly Attempt[];
  /** Position in `attempts` of the call whose answer the caller got; null when there is none. */
  readonly answeredIndex: number | null;
  /** Wall time whose prices the baseline is reckoned at, milliseconds since the epoch. */
  readonly atMs: number;
  readonly prices: PriceBook;
}

/** The money of one request. */
export interface AttributedSavings {
  /** What it would have cost as the caller asked it. Unpriced also when `cost` is: half a comparison is none. */
  readonly baseline: Cost;
  /** What all its calls cost together. */
  readonly cost: Cost;
  /** Signed, no zero lines; they sum to baseline minus cost exactly. Empty when either is unpriced. */
  readonly savings: readonly Saving[];
}

/** One technique's saving on the answer itself: what it would have cost, what it did cost. */
interface AnswerPart {
  readonly technique: string;
  readonly baseline: Cost;
  readonly cost: Cost;
  readonly method: SavingMethod;
}

/**
 * Splits baseline minus cost among the techniques, in pipeline order: a reused answer is the cache's (or coalesce's)
 * whole saving, another model's price is choose-target's, and every further call that cost money is retry's, as a loss.
 * Of a request without an answer the first call that cost money stands for it: as asked, it would have cost that too.
 */
export function attributeSavings(input: SavingsInput): AttributedSavings {
  const cost = sumCosts(input.attempts.map((attempt) => attempt.cost));
  if (cost.picoUsd === null) return { baseline: unpricedCost, cost, savings: [] };
  const answer = answerPart(input);
  if (answer.baseline.picoUsd === null || answer.cost.picoUsd === null) {
    return { baseline: unpricedCost, cost, savings: [] };
  }
  const savings: Saving[] = [];
  addSaving(savings, answer.technique, answer.baseline.picoUsd - answer.cost.picoUsd, answer.method);
  addSaving(savings, "retry", answer.cost.picoUsd - cost.picoUsd, "measured");
  return { baseline: answer.baseline, cost, savings };
}

function addSaving(savings: Saving[], technique: string, picoUsd: PicoUsd, method: SavingMethod): void {
  if (picoUsd !== 0n) savings.push({ technique, picoUsd, method });
}

function answerPart(input: SavingsInput): AnswerPart {
  if (input.origin === "exact" || input.origin === "coalesced") return reusedPart(input, input.origin);
  const attempt = answeringAttempt(input);
  const asked = {
    technique: "choose-target",
    method: "measured",
    baseline: attempt?.cost ?? freeCost,
    cost: attempt?.cost ?? freeCost,
  } as const;
  // Nothing was bought (a refusal, a failed connection), so nothing would have been as asked.
  if (attempt === null) return asked;
  // As asked: the call itself is the baseline, at whatever moment it was priced, and no rounding of time can show.
  if (attempt.vendor === input.requestedVendor && attempt.model === input.requestedModel) return asked;
  const baseline = input.prices.costOf(input.requestedVendor, input.requestedModel, attempt.usage, input.atMs);
  return { ...asked, baseline, method: "modelled" };
}

/** The call that stands for the request: the one that answered, or when that was a refusal or none, the first billed one. */
function answeringAttempt({ attempts, answeredIndex }: SavingsInput): Attempt | null {
  const answered = answeredIndex === null ? undefined : attempts[answeredIndex];
  if (answered !== undefined && answered.cost.state !== "free") return answered;
  return attempts.find((attempt) => attempt.cost.state !== "free") ?? null;
}

function reusedPart(input: SavingsInput, origin: "exact" | "coalesced"): AnswerPart {
  // A later repeat would have read what the purchase wrote into the provider's cache; a simultaneous one would not yet.
  const repeated = origin === "exact" ? writesAsReads(input.answerUsage) : input.answerUsage;
  const sameUsage = repeated === input.answerUsage && input.reusedModel === input.requestedModel;
  return {
    technique: origin === "exact" ? "exact-cache" : "coalesce",
    baseline: input.prices.costOf(input.requestedVendor, input.requestedModel, repeated, input.atMs),
    cost: freeCost,
    method: sameUsage ? "measured" : "modelled",
  };
}

const writeClasses: readonly TokenClass[] = ["cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "cacheWriteLonger"];

/**
 * The usage of an identical repeat: cache writes of the first become reads. The cautious choice: where the provider's
 * entry would have expired before the repeat, the saving was larger than we say, never smaller. The same object when
 * nothing was written.
 */
function writesAsReads(usage: Usage): Usage {
  const tokens: Partial<Record<TokenClass, number>> = { ...usage.tokens };
  let written = 0;
  for (const tokenClass of writeClasses) {
    written += tokens[tokenClass] ?? 0;
    delete tokens[tokenClass];
  }
  if (written === 0) return usage;
  tokens.cacheRead = (tokens.cacheRead ?? 0) + written;
  return { ...usage, tokens };
}
