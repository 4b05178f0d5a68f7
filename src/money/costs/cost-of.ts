import type { Cost, PicoUsd } from "../../spec/money.ts";
import { tokenClasses, type Usage } from "../../spec/usage.ts";
import { billLines } from "./bill-lines.ts";
import { circumstancesOf, isExact, isPlain } from "./circumstances.ts";
import type { TokenPrices } from "../prices/compile-tables.ts";
import type { CompiledVendor, DatedPrices } from "../prices/compiled-prices.ts";
import type { FoundModel } from "../prices/find-model.ts";
import { priceAt, tierOf } from "../prices/price-at.ts";
import { unpricedCost } from "./sum-costs.ts";

/**
 * Exact cost of a usage: tokens of each class times its price, in integers, with every rule of the entry. Unpriced when
 * nobody knows the usage, no price is in force, a class, unit or server tool that was used has no price, or a count is
 * not a whole number from 0 up (seconds may be parts). Estimated when the usage is, the price is of low confidence, or a
 * service tier or region served the call of which the book knows only a rough percentage, or nothing: the default price
 * stands in.
 */
export function costOf(model: FoundModel, usage: Usage, atMs: number): Cost {
  if (usage.source === "unknown") return unpricedCost;
  const prices = priceAt(model.dated, atMs);
  if (prices === null) return unpricedCost;
  return isPlain(model, prices, usage) ? plainCost(model.vendor, prices, usage) : ruledCost(model, prices, usage, atMs);
}

/** By far the most calls: one table and no rule, so no list of lines is made. The same amount as {@link ruledCost}. */
function plainCost(vendor: CompiledVendor, prices: DatedPrices, usage: Usage): Cost {
  const tier = tierOf(prices, usage);
  const tokens = tier === null ? null : costOfTokens(tier.picoUsdPerToken, usage);
  const tools = costOfServerTools(vendor, usage);
  if (tokens === null || tools === null) return unpricedCost;
  const isSure = usage.source === "provider" && !prices.uncertain;
  return { state: isSure ? "priced" : "estimated", picoUsd: tokens + tools };
}

function ruledCost(model: FoundModel, prices: DatedPrices, usage: Usage, atMs: number): Cost {
  const circumstances = circumstancesOf(model, prices, usage, atMs);
  if (circumstances === null) return unpricedCost;
  let picoUsd: PicoUsd | null = 0n;
  billLines(model, circumstances, usage, (_what, _count, _each, amount) => {
    picoUsd = picoUsd === null || amount === null ? null : picoUsd + amount;
  });
  if (picoUsd === null) return unpricedCost;
  const isSure = usage.source === "provider" && isExact(circumstances);
  return { state: isSure ? "priced" : "estimated", picoUsd };
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
