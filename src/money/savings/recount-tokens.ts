import type { UsageEstimator } from "../../spec/estimator.ts";
import { inputTokenClasses, tokenClasses, type TokenClass, type Usage } from "../../spec/usage.ts";

/** A text of this size is put to both models; large, so that whole tokens are fine enough. */
const sampleBytes = 1_000_000;
/** Vendors' counts of one text differ by less; beyond, something else than the text was learnt. */
const factorMax = 2;

/**
 * The tokens that the model `to` would have counted where `from` counted `usage`: other vendors cut a text into other
 * tokens. By the bytes per token that the estimator has learnt of each; unlearnt models count alike. The default tier stands in for the one that served. A model against
 * itself, wherever it runs, gives the same object.
 */
export function recountTokens(usage: Usage, from: string, to: string, estimator: UsageEstimator): Usage {
  if (from === to || usage.source === "unknown") return usage;
  const counted = estimator.estimate(from, sampleBytes, sampleBytes).tokens;
  const wanted = estimator.estimate(to, sampleBytes, sampleBytes).tokens;
  const inputFactor = factorOf(wanted.input, counted.input);
  const outputFactor = factorOf(wanted.output, counted.output);
  const tokens: Partial<Record<TokenClass, number>> = {};
  for (const tokenClass of tokenClasses) {
    const count = usage.tokens[tokenClass];
    if (count === undefined) continue;
    tokens[tokenClass] = Math.round(count * (inputTokenClasses.includes(tokenClass) ? inputFactor : outputFactor));
  }
  // Tier and region are words of the vendor that answered, and prices of its own.
  const { serviceTier: _tier, region: _region, ...rest } = usage;
  return { ...rest, tokens };
}

function factorOf(wanted: number | undefined, counted: number | undefined): number {
  if (wanted === undefined || counted === undefined || counted === 0) return 1;
  return Math.min(factorMax, Math.max(1 / factorMax, wanted / counted));
}
