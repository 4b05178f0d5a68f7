import { tasks, type Task } from "../workload/workload-row.ts";
import { isRerouted, isReused, isTranslated, type SettledRow } from "./settled-row.ts";

/** The sums over some rows, in pico-dollars. */
export interface BillSums {
  readonly requests: number;
  /** As every request was asked, at list price: the sum of the baselines. */
  readonly naivePicoUsd: bigint;
  /** What the ledger says was spent. */
  readonly actualPicoUsd: bigint;
  readonly hits: number;
  readonly shared: number;
  readonly rerouted: number;
}

/** The whole bill. */
export interface Bill extends BillSums {
  /** By technique, every technique that any row names. */
  readonly savedPicoUsd: ReadonlyMap<string, bigint>;
  /** Rows whose call was translated into another vendor's dialect. */
  readonly translated: number;
  /** Their part of what choosing the target saved. */
  readonly translatedSavedPicoUsd: bigint;
  /** Naive minus actual minus all savings; anything but 0 is a defect. */
  readonly residualPicoUsd: bigint;
  /** Rows without a known price; they are in no sum. */
  readonly unpriced: number;
  readonly byTask: ReadonlyMap<Task, BillSums>;
}

/** Adds up what the ledger says about the rows. */
export function addUp(rows: readonly SettledRow[]): Bill {
  const translated = rows.filter(isTranslated);
  const saved = savedByTechnique(rows);
  const sums = sumsOf(rows);
  const savedTotal = [...saved.values()].reduce((sum, picoUsd) => sum + picoUsd, 0n);
  return {
    ...sums,
    savedPicoUsd: saved,
    translated: translated.length,
    translatedSavedPicoUsd: savedByTechnique(translated).get("choose-target") ?? 0n,
    residualPicoUsd: sums.naivePicoUsd - sums.actualPicoUsd - savedTotal,
    unpriced: rows.filter(({ line }) => line.costPicoUsd === null || line.baselinePicoUsd === null).length,
    byTask: new Map(tasks.map((task) => [task, sumsOf(rows.filter(({ row }) => row.task === task))])),
  };
}

function savedByTechnique(rows: readonly SettledRow[]): Map<string, bigint> {
  const saved = new Map<string, bigint>();
  for (const { line } of rows) {
    for (const { technique, picoUsd } of line.savings) saved.set(technique, (saved.get(technique) ?? 0n) + picoUsd);
  }
  return saved;
}

function sumsOf(rows: readonly SettledRow[]): BillSums {
  let naivePicoUsd = 0n;
  let actualPicoUsd = 0n;
  for (const { line } of rows) {
    if (line.costPicoUsd === null || line.baselinePicoUsd === null) continue;
    naivePicoUsd += line.baselinePicoUsd;
    actualPicoUsd += line.costPicoUsd;
  }
  return {
    requests: rows.length,
    naivePicoUsd,
    actualPicoUsd,
    hits: rows.filter(({ line }) => line.cache === "hit").length,
    shared: rows.filter(({ line }) => line.cache === "coalesced").length,
    rerouted: rows.filter((settled) => !isReused(settled) && isRerouted(settled)).length,
  };
}
