import type { PicoUsd } from "../../spec/money.ts";
import type { BilledUnit } from "../../spec/usage.ts";
import type { PriceTier, TableRule } from "./compile-tables.ts";
import type { VendorTerms } from "./compile-terms.ts";
import type { PriceEntry } from "./price-data.ts";
import type { HourWindow } from "./price-hours.ts";

/** What an entry has beyond its table. */
export interface EntryRules {
  readonly serviceTiers: ReadonlyMap<string, TableRule>;
  readonly hours: readonly HourWindow[];
  /** Basis points of the tokens' price. */
  readonly regions: ReadonlyMap<string, bigint>;
  /** Pico-dollars a call. */
  readonly perRequest: PicoUsd;
  /** Pico-dollars for one. */
  readonly units: Readonly<Partial<Record<BilledUnit, PicoUsd>>>;
  /** Pico-dollars a call. */
  readonly serverTools: ReadonlyMap<string, PicoUsd>;
  /** Whether there is a rule that concerns every call: hours or a fee. */
  readonly concernsAll: boolean;
}

/** The most that tokens can cost once the input is above a threshold. */
export interface DearestTier {
  readonly aboveInputTokens: number;
  /** Pico-dollars a token of the dearest input class, every percentage that can raise it included. */
  readonly input: PicoUsd;
  /** The same of what the model produces. */
  readonly output: PicoUsd;
}

/** A price entry ready for use: times as numbers, prices as integers. */
export interface DatedPrices {
  /** Milliseconds since the epoch, inclusive; -Infinity from the beginning. */
  readonly fromMs: number;
  /** Milliseconds since the epoch, exclusive; Infinity without an end. */
  readonly toMs: number;
  /** What it prices is `estimated`: its confidence is low, or it is reckoned from machines. */
  readonly uncertain: boolean;
  /** Ascending by threshold; the first is the base table. */
  readonly tiers: readonly PriceTier[];
  /** Null: nothing beyond the table, as with most models. */
  readonly rules: EntryRules | null;
  /** Ascending by threshold, the first from 0 on; empty when tokens have no price here. */
  readonly dearest: () => readonly DearestTier[];
  /** As written: its source, and since when it holds. */
  readonly entry: PriceEntry;
}

/** One vendor's prices, ready for use. */
export interface CompiledVendor {
  /** By id and by every alias. */
  readonly models: ReadonlyMap<string, readonly DatedPrices[]>;
  /** The id under which each name is listed. */
  readonly ids: ReadonlyMap<string, string>;
  /** Known exactly. */
  readonly serviceTiers: ReadonlyMap<string, TableRule>;
  /** Known roughly; what is priced so is `estimated`. */
  readonly roughServiceTiers: ReadonlyMap<string, TableRule>;
  /** Basis points of the tokens' price. */
  readonly regions: ReadonlyMap<string, bigint>;
  /** Pico-dollars a call. */
  readonly serverTools: ReadonlyMap<string, PicoUsd>;
  /** What is agreed about the price of calls. */
  readonly terms: VendorTerms;
}
