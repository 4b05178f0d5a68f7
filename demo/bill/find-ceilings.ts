import { cheapPriceRatio } from "../workload/features.ts";
import type { WorkloadRow } from "../workload/workload-row.ts";
import { isRerouted, isReused, type SettledRow } from "./settled-row.ts";

/** The most that each technique could have saved on this workload without a mistake, by the labels; pico-dollars. */
export interface Ceilings {
  /** All identical repeats free of charge, whether from the cache or from a shared call. */
  readonly repeats: bigint;
  /** All rows labelled cheap, as far as they needed a call, at the cheaper model's price. */
  readonly reroute: bigint;
  /** What paraphrases still cost: a perfect semantic cache would take all of it. Does not exist yet. */
  readonly paraphrases: bigint;
}

/** Rows without a known price count for nothing. */
export function findCeilings(rows: readonly SettledRow[]): Ceilings {
  let repeats = 0n;
  let reroute = 0n;
  let paraphrases = 0n;
  for (const settled of rows) {
    const { row, line } = settled;
    const { costPicoUsd: cost, baselinePicoUsd: baseline } = line;
    if (cost === null || baseline === null) continue;
    if (row.variant === "identical") repeats += baseline;
    else if (row.variant === "paraphrase") paraphrases += cost;
    if (row.expectedRoute === "cheap" && !isReused(settled)) {
      reroute += isRerouted(settled) ? baseline - cost : baseline - cheapPrice(baseline, row);
    }
  }
  return { repeats, reroute, paraphrases };
}

/** The cheaper model's price stands in one ratio to the asked one's for every class of token, so it is exact for any usage. */
function cheapPrice(baselinePicoUsd: bigint, row: WorkloadRow): bigint {
  const [part, whole] = cheapPriceRatio[row.dialect];
  return (baselinePicoUsd * part) / whole;
}
