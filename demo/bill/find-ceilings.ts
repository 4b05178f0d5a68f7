import type { PriceBook } from "../../src/spec/prices.ts";
import { easyTargetOf } from "../workload/features.ts";
import { isReused, type SettledRow } from "./settled-row.ts";

/** The most that each technique could have saved on this workload without a mistake, by the labels; pico-dollars. */
export interface Ceilings {
  /** All identical repeats free of charge, whether from the cache or from a shared call. */
  readonly repeats: bigint;
  /** All rows labelled cheap, as far as they needed a call, at the price of the cheapest model that their tenant's key reaches. */
  readonly reroute: bigint;
  /** The part of it that is labelled as translated. */
  readonly translated: bigint;
  /** What paraphrases still cost: a perfect semantic cache would take all of it. Does not exist yet. */
  readonly paraphrases: bigint;
}

/**
 * Rows without a known price count for nothing. The cheaper model's price is the price book's for the tokens that were
 * counted: exact where that model, or another of its vendor's, did the counting. Where a row that was to be translated was
 * not, its own vendor's count stands in, since the other vendor never counted; that is an estimate, and the row shows as a
 * missed chance.
 */
export function findCeilings(rows: readonly SettledRow[], prices: PriceBook): Ceilings {
  let repeats = 0n;
  let reroute = 0n;
  let translated = 0n;
  let paraphrases = 0n;
  for (const settled of rows) {
    const { row, line } = settled;
    const { costPicoUsd: cost, baselinePicoUsd: baseline } = line;
    if (cost === null || baseline === null) continue;
    if (row.variant === "identical") repeats += baseline;
    else if (row.variant === "paraphrase") paraphrases += cost;
    if (row.expectedRoute === "cheap" && !isReused(settled)) {
      const saved = baseline - (easyPrice(settled, prices) ?? baseline);
      reroute += saved;
      if (row.expectsTranslation) translated += saved;
    }
  }
  return { repeats, reroute, translated, paraphrases };
}

/** What the tokens of this row's answer cost at the cheaper model meant for it; null where that is not known. */
function easyPrice({ row, line }: SettledRow, prices: PriceBook): bigint | null {
  const { vendor, model } = easyTargetOf(row.dialect, row.tenant);
  return prices.costOf(vendor, model, line.usage, line.arrivedAtMs).picoUsd;
}
