import { FarthingError } from "../kit/farthing-error.ts";
import type { PicoUsd } from "../spec/money.ts";
import { tokenClasses, type TokenClass } from "../spec/usage.ts";
import { usdPerMillionToPico, usdToPico } from "./decimal.ts";
import type { CachingRule, ClassPrices, PriceEntry, VendorPrices } from "./price-data.ts";

/** Pico-dollars a token by class, complete: what is missing here has no price. */
export type TokenPrices = Readonly<Partial<Record<TokenClass, PicoUsd>>>;

/** One table of prices for requests whose input is above a threshold. */
export interface PriceTier {
  /** Input tokens of all classes together that must be exceeded; 0 for the base table, which always holds. */
  readonly aboveInputTokens: number;
  readonly picoUsdPerToken: TokenPrices;
}

/** A price entry ready for use: times as numbers, prices as integers. */
export interface DatedPrices {
  /** Milliseconds since the epoch, inclusive; -Infinity from the beginning. */
  readonly fromMs: number;
  /** Milliseconds since the epoch, exclusive; Infinity without an end. */
  readonly toMs: number;
  /** What it prices is `estimated`: its confidence is low. */
  readonly uncertain: boolean;
  /** Ascending by threshold; the first is the base table. */
  readonly tiers: readonly PriceTier[];
}

/** One vendor's prices, ready for use. */
export interface CompiledVendor {
  /** By id and by every alias. */
  readonly models: ReadonlyMap<string, readonly DatedPrices[]>;
  readonly serviceTierPercent: ReadonlyMap<string, bigint>;
  /** Pico-dollars a call. */
  readonly serverTools: ReadonlyMap<string, PicoUsd>;
}

const writeClasses: readonly TokenClass[] = ["cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "cacheWriteLonger"];

/** Classes that fall back to input under each caching rule. */
const inputClassesOf: Readonly<Record<CachingRule, readonly TokenClass[]>> = {
  none: ["cacheRead", ...writeClasses],
  "free-writes": writeClasses,
  "billed-writes": [],
};

/**
 * Turns a vendor's price data into its fast form.
 * @throws FarthingError `config_invalid`: a name that stands twice, entries or tiers out of order, tiers that price other
 * classes than the base, a price that is not a whole number of pico-dollars a token.
 */
export function compileVendor(data: VendorPrices): CompiledVendor {
  const models = new Map<string, readonly DatedPrices[]>();
  for (const model of data.models) {
    const dated = model.prices.map((entry, index) =>
      compileEntry(data, `${model.id} from ${entry.from}`, entry, model.prices[index + 1]),
    );
    for (const name of [model.id, ...(model.aliases ?? [])]) {
      if (models.has(name)) throw wrong(data.vendor, name, "the name stands twice");
      models.set(name, dated);
    }
  }
  const serverTools = new Map<string, PicoUsd>();
  for (const [tool, usd] of Object.entries(data.serverTools ?? {})) {
    const picoUsd = usdToPico(usd);
    if (picoUsd === null) throw wrong(data.vendor, tool, `${usd} is not a plain decimal of USD`);
    serverTools.set(tool, picoUsd);
  }
  const percents = Object.entries(data.serviceTierPercent ?? {});
  return {
    models,
    serverTools,
    serviceTierPercent: new Map(percents.map(([tier, percent]) => [tier, BigInt(percent)])),
  };
}

function compileEntry(data: VendorPrices, where: string, entry: PriceEntry, next: PriceEntry | undefined): DatedPrices {
  const fromMs = entry.from === null ? -Infinity : dayStartMs(entry.from);
  const nextMs = next === undefined ? Infinity : next.from === null ? -Infinity : dayStartMs(next.from);
  const endMs = entry.to === undefined ? nextMs : dayStartMs(entry.to);
  if (nextMs <= fromMs || endMs <= fromMs || endMs > nextMs)
    throw wrong(data.vendor, where, "its dates are out of order");
  const tables = [{ aboveInputTokens: 0, usdPerMillion: entry.usdPerMillion }, ...(entry.contextTiers ?? [])];
  const baseClasses = classesOf(entry.usdPerMillion);
  const tiers = tables.map((table, index): PriceTier => {
    const before = tables[index - 1];
    if (before !== undefined && table.aboveInputTokens <= before.aboveInputTokens) {
      throw wrong(data.vendor, where, "its context tiers do not ascend");
    }
    if (classesOf(table.usdPerMillion) !== baseClasses)
      throw wrong(data.vendor, where, "a context tier prices other classes");
    return {
      aboveInputTokens: table.aboveInputTokens,
      picoUsdPerToken: compileClasses(data, where, entry.caching, table.usdPerMillion),
    };
  });
  return { fromMs, toMs: endMs, uncertain: entry.confidence === "low", tiers };
}

/** Every class that has a price, its own or by rule another's. */
function compileClasses(data: VendorPrices, where: string, caching: CachingRule, prices: ClassPrices): TokenPrices {
  const compiled: Partial<Record<TokenClass, PicoUsd>> = {};
  for (const tokenClass of tokenClasses) {
    const text = prices[tokenClass];
    if (text === undefined) continue;
    const picoUsd = usdPerMillionToPico(text);
    if (picoUsd === null) throw wrong(data.vendor, where, `${text} is not a whole number of pico-dollars a token`);
    compiled[tokenClass] = picoUsd;
  }
  for (const tokenClass of inputClassesOf[caching]) fillFrom(compiled, tokenClass, "input");
  // Every vendor bills what the model thinks as what it says, unless its file has a price for it.
  fillFrom(compiled, "reasoning", "output");
  for (const tokenClass of tokenClasses) {
    const other = data.billedAs?.[tokenClass];
    if (other !== undefined) fillFrom(compiled, tokenClass, other);
  }
  return compiled;
}

function fillFrom(compiled: Partial<Record<TokenClass, PicoUsd>>, tokenClass: TokenClass, other: TokenClass): void {
  const picoUsd = compiled[other];
  if (compiled[tokenClass] === undefined && picoUsd !== undefined) compiled[tokenClass] = picoUsd;
}

function classesOf(prices: ClassPrices): string {
  return Object.keys(prices).toSorted().join(" ");
}

/**
 * Midnight UTC of a day `2026-12-01`, milliseconds since the epoch. Vendors name days without a time zone; UTC is
 * our reading. Counts days by the civil calendar (https://howardhinnant.github.io/date_algorithms.html, days_from_civil),
 * since pure code has no `Date`.
 */
export function dayStartMs(day: string): number {
  const [year = 0, month = 1, dayOfMonth = 1] = day.split("-").map(Number);
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * 146_097 + dayOfEra - 719_468) * 86_400_000;
}

function wrong(vendor: string, where: string, what: string): FarthingError {
  return new FarthingError("config_invalid", `Price data of ${vendor}, ${where}: ${what}.`);
}
