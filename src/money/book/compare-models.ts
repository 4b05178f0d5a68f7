import type { PicoUsd } from "../../spec/money.ts";
import { inputTokenClasses, tokenClasses, type TokenClass, type Usage } from "../../spec/usage.ts";
import { compileVendor } from "../prices/compile-prices.ts";
import type { TokenPrices } from "../prices/compile-tables.ts";
import type { DatedPrices } from "../prices/compiled-prices.ts";
import { mergeDocuments } from "./merge-prices.ts";
import { priceAt, totalInputTokens } from "../prices/price-at.ts";

/** Calls whose input lies between two thresholds of context tiers: each model's table is one and the same for all of them. */
interface MixPart {
  readonly aboveInputTokens: number;
  calls: number;
  readonly tokens: Partial<Record<TokenClass, bigint>>;
}

/** Tokens of many calls, summed as far as any model's price allows. */
export interface TokenMix {
  readonly parts: readonly MixPart[];
}

/** What a mix of tokens costs on one model. */
export interface ModelCost {
  readonly vendor: string;
  readonly model: string;
  /** Null: something of the mix has no price there. */
  readonly picoUsd: PicoUsd | null;
  /** Cache reads and writes that the model does not price, taken as plain input. */
  readonly readAsInput: readonly TokenClass[];
  /** Classes without a price. */
  readonly missing: readonly TokenClass[];
}

/** Models of price documents with the entries in force at one moment. */
export interface ModelList {
  /** Input tokens above which some model's table changes, ascending, from 0. */
  readonly thresholds: readonly number[];
  readonly models: readonly { readonly vendor: string; readonly model: string; readonly prices: DatedPrices }[];
}

/**
 * The models that price tokens at a moment, by their ids.
 * @throws FarthingError `config_invalid` when a document is malformed.
 */
export function modelsAt(documents: readonly unknown[], atMs: number): ModelList {
  const models = [...mergeDocuments(documents).values()].flatMap((data) => {
    const vendor = compileVendor(data);
    return data.models.flatMap(({ id }) => {
      const prices = priceAt(vendor.models.get(id) ?? [], atMs);
      return prices === null ? [] : [{ vendor: data.vendor, model: id, prices }];
    });
  });
  const thresholds = new Set([0, ...models.flatMap(({ prices }) => prices.tiers.map((tier) => tier.aboveInputTokens))]);
  return { thresholds: [...thresholds].toSorted((left, right) => left - right), models };
}

/**
 * Sums usages into a mix. Calls of no input count where those of the least do.
 * @param times how often each usage happened
 */
export function mixOf(usages: Iterable<Usage>, { thresholds }: Pick<ModelList, "thresholds">, times = 1): TokenMix {
  const parts = thresholds.map((aboveInputTokens): MixPart => ({ aboveInputTokens, calls: 0, tokens: {} }));
  for (const usage of usages) {
    const inputTokens = totalInputTokens(usage);
    const part = parts.findLast(({ aboveInputTokens }) => inputTokens > aboveInputTokens) ?? parts[0];
    if (part === undefined) continue;
    part.calls += times;
    for (const name of tokenClasses) {
      const count = usage.tokens[name] ?? 0;
      if (count > 0) part.tokens[name] = (part.tokens[name] ?? 0n) + BigInt(count) * BigInt(times);
    }
  }
  return { parts: parts.filter(({ calls }) => calls > 0) };
}

/** Cache classes that a model without such prices bills as input; of any other class nothing stands in. */
const cacheClasses: ReadonlySet<TokenClass> = new Set([
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite30m",
  "cacheWrite1h",
  "cacheWriteLonger",
]);

/**
 * What a mix costs on a model at its default service tier, outside of hours with prices of their own and without
 * discounts: token arithmetic, which knows nothing of how many tokens another model would need, or how good it is.
 */
export function costOfMix(mix: TokenMix, { vendor, model, prices }: ModelList["models"][number]): ModelCost {
  let picoUsd = 0n;
  const readAsInput = new Set<TokenClass>();
  const missing = new Set<TokenClass>();
  for (const { aboveInputTokens, calls, tokens } of mix.parts) {
    const table = prices.tiers.findLast((tier) => aboveInputTokens >= tier.aboveInputTokens);
    picoUsd += BigInt(calls) * (prices.rules?.perRequest ?? 0n);
    for (const name of tokenClasses) {
      const count = tokens[name];
      if (count === undefined) continue;
      const own = ownPrice(table?.picoUsdPerToken ?? {}, name);
      const each = own ?? (cacheClasses.has(name) ? table?.picoUsdPerToken.input : undefined);
      if (each === undefined) missing.add(name);
      else if (own === undefined) readAsInput.add(name);
      picoUsd += count * (each ?? 0n);
    }
  }
  return {
    vendor,
    model,
    picoUsd: missing.size > 0 ? null : picoUsd,
    readAsInput: [...readAsInput],
    missing: [...missing],
  };
}

/** What charges for its input and nothing for its output writes none: embeddings, say. */
function ownPrice(prices: TokenPrices, name: TokenClass): PicoUsd | undefined {
  const picoUsd = prices[name];
  const isOutput = !inputTokenClasses.includes(name);
  return isOutput && picoUsd === 0n && (prices.input ?? 0n) > 0n ? undefined : picoUsd;
}

/** Tokens of a mix that were sent and that were produced, and its calls. */
export function sizeOfMix({ parts }: TokenMix): {
  readonly calls: number;
  readonly input: bigint;
  readonly output: bigint;
} {
  let [calls, input, output] = [0, 0n, 0n];
  for (const part of parts) {
    calls += part.calls;
    for (const name of tokenClasses) {
      const count = part.tokens[name] ?? 0n;
      if (inputTokenClasses.includes(name)) input += count;
      else output += count;
    }
  }
  return { calls, input, output };
}
