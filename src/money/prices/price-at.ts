import { inputTokenClasses, type Usage } from "../../spec/usage.ts";
import type { PriceTier } from "./compile-tables.ts";
import type { DatedPrices } from "./compiled-prices.ts";

/** The entry in force at `atMs` (milliseconds since the epoch); null when there is none, before the first or in a gap. */
export function priceAt(dated: readonly DatedPrices[], atMs: number): DatedPrices | null {
  // From the newest: live traffic is priced now, and entries are few.
  const newest = dated.findLast((prices) => atMs >= prices.fromMs);
  return newest !== undefined && atMs < newest.toMs ? newest : null;
}

/** The table for a request with this usage. Tiers hold for the whole request, output included, once its input exceeds them. */
export function tierOf(prices: Pick<DatedPrices, "tiers">, usage: Usage): PriceTier | null {
  let chosen = prices.tiers[0] ?? null;
  if (prices.tiers.length === 1) return chosen;
  const inputTokens = totalInputTokens(usage);
  for (const tier of prices.tiers) if (inputTokens > tier.aboveInputTokens) chosen = tier;
  return chosen;
}

/** Tokens that were sent to the model, of all classes: cached and written ones count for a context tier like any other. */
export function totalInputTokens(usage: Usage): number {
  let total = 0;
  for (const tokenClass of inputTokenClasses) total += usage.tokens[tokenClass] ?? 0;
  return total;
}
