import type { Cost, PicoUsd } from "../spec/money.ts";
import { tokenClasses, type Usage } from "../spec/usage.ts";
import type { CompiledVendor, DatedPrices, TokenPrices } from "./compile-prices.ts";
import { priceAt, tierOf } from "./price-at.ts";
import { unpricedCost } from "./sum-costs.ts";

/** Names of the tier that the book's prices are for: OpenAI says `default`, Anthropic `standard`. */
const defaultTiers: ReadonlySet<string> = new Set(["default", "standard"]);

/**
 * Exact cost of a usage: tokens of each class times its price, in integers. Unpriced when nobody knows the usage, no
 * price is in force, a class or server tool that was used has no price, or a count is not a whole number from 0 up.
 * Estimated when the usage is, the price is of low confidence or another service tier served the call: of those the
 * book knows only a rough percentage, or nothing, and then the default price stands in.
 */
export function costOf(vendor: CompiledVendor, dated: readonly DatedPrices[], usage: Usage, atMs: number): Cost {
  if (usage.source === "unknown") return unpricedCost;
  const prices = priceAt(dated, atMs);
  if (prices === null) return unpricedCost;
  const tier = tierOf(prices, usage);
  const tokens = tier === null ? null : costOfTokens(tier.picoUsdPerToken, usage);
  const tools = costOfServerTools(vendor, usage);
  if (tokens === null || tools === null) return unpricedCost;
  const otherTier = usage.serviceTier !== undefined && !defaultTiers.has(usage.serviceTier) ? usage.serviceTier : null;
  const percent = otherTier === null ? undefined : vendor.serviceTierPercent.get(otherTier);
  const picoUsd = (percent === undefined ? tokens : (tokens * percent) / 100n) + tools;
  const exact = usage.source === "provider" && !prices.uncertain && otherTier === null;
  return { state: exact ? "priced" : "estimated", picoUsd };
}

function costOfTokens(prices: TokenPrices, usage: Usage): PicoUsd | null {
  let picoUsd = 0n;
  for (const tokenClass of tokenClasses) {
    const count = usage.tokens[tokenClass];
    if (count === undefined || count === 0) continue;
    const price = prices[tokenClass];
    if (price === undefined || !isCount(count)) return null;
    picoUsd += BigInt(count) * price;
  }
  return picoUsd;
}

function costOfServerTools(vendor: CompiledVendor, usage: Usage): PicoUsd | null {
  if (usage.serverToolCalls === undefined) return 0n;
  let picoUsd = 0n;
  for (const [tool, count] of Object.entries(usage.serverToolCalls)) {
    if (count === 0) continue;
    const price = vendor.serverTools.get(tool);
    if (price === undefined || !isCount(count)) return null;
    picoUsd += BigInt(count) * price;
  }
  return picoUsd;
}

function isCount(count: number): boolean {
  return Number.isSafeInteger(count) && count > 0;
}
