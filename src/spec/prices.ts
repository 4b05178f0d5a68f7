import type { Cost } from "./money.ts";
import type { Usage } from "./usage.ts";

/** Answers what a usage costs. Pure and synchronous; a lookup costs under a microsecond. */
export interface PriceBook {
  /** Digest of the price data; stands in every ledger row. */
  readonly version: string;
  /** Cost of `usage` at `model` of `vendor` at the prices in force at `atMs`. Unknown model or class: `unpriced`. */
  costOf(vendor: string, model: string, usage: Usage, atMs: number): Cost;
}
