import type { PicoUsd } from "../../spec/money.ts";
import { tokenClasses, type TokenClass } from "../../spec/usage.ts";
import { percentToBasisPoints, usdPerMillionToPico } from "../decimal.ts";
import type { CachingRule, ClassPrices, OwnTable, TablePercent, VendorPrices } from "./price-data.ts";
import { wrongPrice } from "./wrong-price.ts";

/** Pico-dollars a token by class, complete: what is missing here has no price. */
export type TokenPrices = Readonly<Partial<Record<TokenClass, PicoUsd>>>;

/** One table of prices for requests whose input is above a threshold. */
export interface PriceTier {
  /** Input tokens of all classes together that must be exceeded; 0 for the base table, which always holds. */
  readonly aboveInputTokens: number;
  readonly picoUsdPerToken: TokenPrices;
}

/** Basis points by class: what every class takes, and the exceptions. */
export interface ClassBasisPoints {
  readonly all: bigint;
  readonly of: Readonly<Partial<Record<TokenClass, bigint>>>;
}

/** What a service tier or an hour does to the tokens: another table, or so much of the one that holds otherwise. */
export type TableRule =
  | { readonly tiers: readonly PriceTier[]; readonly basisPoints: null }
  | { readonly tiers: null; readonly basisPoints: ClassBasisPoints };

const writeClasses: readonly TokenClass[] = ["cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "cacheWriteLonger"];

/** Classes that fall back to input under each caching rule. */
const inputClassesOf: Readonly<Record<CachingRule, readonly TokenClass[]>> = {
  none: ["cacheRead", ...writeClasses],
  "free-writes": writeClasses,
  "billed-writes": [],
};

/** What a table needs to know of where it stands. */
export interface TablePlace {
  readonly data: Pick<VendorPrices, "vendor" | "billedAs">;
  /** Model and date, for messages. */
  readonly where: string;
  readonly caching: CachingRule;
  /** Prices from elsewhere than the document, by class. */
  readonly reckoned?: TokenPrices;
}

/**
 * A table with its context tiers, in pico-dollars a token.
 * @throws FarthingError `config_invalid`: tiers out of order or of other classes than the base, a price that is not whole.
 */
export function compileTables(place: TablePlace, table: OwnTable): readonly PriceTier[] {
  const tables = [{ aboveInputTokens: 0, usdPerMillion: table.usdPerMillion }, ...(table.contextTiers ?? [])];
  const baseClasses = classesOf(table.usdPerMillion);
  return tables.map(({ aboveInputTokens, usdPerMillion }, index): PriceTier => {
    const before = tables[index - 1];
    if (before !== undefined && aboveInputTokens <= before.aboveInputTokens)
      throw wrongPrice(place.data.vendor, place.where, "its context tiers do not ascend");
    if (classesOf(usdPerMillion) !== baseClasses)
      throw wrongPrice(place.data.vendor, place.where, "a context tier prices other classes");
    return { aboveInputTokens, picoUsdPerToken: compileClasses(place, usdPerMillion) };
  });
}

/**
 * A rule of a service tier or of hours.
 * @throws FarthingError as {@link compileTables}.
 */
export function compileRule(place: TablePlace, rule: TablePercent | OwnTable): TableRule {
  if ("usdPerMillion" in rule) return { tiers: compileTables(place, rule), basisPoints: null };
  return { tiers: null, basisPoints: compilePercent(rule) };
}

/** Percentages as basis points; the document's check has seen that they are whole. */
export function compilePercent({ percent, percentOf = {} }: TablePercent): ClassBasisPoints {
  const exceptions = tokenClasses.flatMap((name) => {
    const own = percentOf[name];
    return own === undefined ? [] : [[name, toBasisPoints(own)] as const];
  });
  return { all: toBasisPoints(percent), of: Object.fromEntries(exceptions) };
}

/** @throws RangeError for a percentage that the document's check refuses. */
export function toBasisPoints(percent: number): bigint {
  const basisPoints = percentToBasisPoints(percent);
  if (basisPoints === null) throw new RangeError(`${percent} is not a percentage`);
  return basisPoints;
}

/** Every class that has a price, its own or by rule another's. */
function compileClasses({ data, where, caching, reckoned }: TablePlace, prices: ClassPrices): TokenPrices {
  const compiled: Partial<Record<TokenClass, PicoUsd>> = { ...reckoned };
  for (const tokenClass of tokenClasses) {
    const text = prices[tokenClass];
    if (text === undefined) continue;
    const picoUsd = usdPerMillionToPico(text);
    if (picoUsd === null) throw wrongPrice(data.vendor, where, `${text} is not a whole number of pico-dollars a token`);
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
