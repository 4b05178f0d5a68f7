import type { Cost, PicoUsd } from "./money.ts";
import type { Usage } from "./usage.ts";

/** One line of a bill: so many of something at so much each. */
export interface CostLine {
  /** A token class, a unit, `tool:<name>` or `request`. */
  readonly what: string;
  readonly count: number;
  /** Pico-dollars for one, before the percentages of `notes`. */
  readonly picoUsdEach: PicoUsd;
  readonly picoUsd: PicoUsd;
}

/** How a cost comes about: what `farthing prices explain` prints. */
export interface CostExplanation {
  /** Exactly what `costOf` answers. */
  readonly cost: Cost;
  /** They sum to the cost, wherever it is known. */
  readonly lines: readonly CostLine[];
  /** Rules that took part, in words: context tier, hour of day, service tier, region, discount, or what is missing. */
  readonly notes: readonly string[];
  /** Where the price was read, when it was checked and since when it holds; null for an unknown model. */
  readonly source: {
    readonly text: string;
    readonly checked: string;
    readonly from: string | null;
    /** How sure the book is of the entry. */
    readonly confidence: "high" | "medium" | "low";
  } | null;
}

/** Answers what a usage costs. Pure and synchronous; a lookup costs under a microsecond. */
export interface PriceBook {
  /** Digest of the price data; stands in every ledger row. */
  readonly version: string;
  /** Cost of `usage` at `model` of `vendor` at the prices in force at `atMs`. Unknown model or class: `unpriced`. */
  costOf(vendor: string, model: string, usage: Usage, atMs: number): Cost;
  /**
   * The most that a call can cost which sends at most `inputTokens` and gets at most `outputTokens` back, on the dearest table,
   * class, service tier and region it can reach: what a budget reserves. Null: no price is known.
   */
  worstCase(vendor: string, model: string, inputTokens: number, outputTokens: number, atMs: number): PicoUsd | null;
}

/** A price book that gives its reasons: for people, not on the way of a request. */
export interface ExplainingPriceBook extends PriceBook {
  /** As `costOf`, with its reasons. */
  explain(vendor: string, model: string, usage: Usage, atMs: number): CostExplanation;
}
