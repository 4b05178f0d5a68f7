import type { PicoUsd } from "../spec/money.ts";
import { inputTokenClasses, tokenClasses } from "../spec/usage.ts";
import type { DatedPrices } from "./compile-prices.ts";
import { priceAt } from "./price-at.ts";

/**
 * The most that so many tokens can cost: the dearest input and output class of the dearest table within reach. Null when no
 * price is in force.
 */
export function worstCaseOf(
  dated: readonly DatedPrices[],
  inputTokens: number,
  outputTokens: number,
  atMs: number,
): PicoUsd | null {
  const prices = priceAt(dated, atMs);
  if (prices === null) return null;
  let input = 0n;
  let output = 0n;
  for (const tier of prices.tiers) {
    if (tier.aboveInputTokens > 0 && inputTokens <= tier.aboveInputTokens) continue;
    for (const tokenClass of tokenClasses) {
      const price = tier.picoUsdPerToken[tokenClass] ?? 0n;
      if (inputTokenClasses.includes(tokenClass)) {
        if (price > input) input = price;
      } else if (price > output) output = price;
    }
  }
  return BigInt(inputTokens) * input + BigInt(outputTokens) * output;
}
