import { isResidual } from "../../src/money/savings/residual.ts";
import { rowTasks, type RowTask } from "../workload/workload-row.ts";
import { isRerouted, isReused, isTranslated, type SettledRow } from "./settled-row.ts";

/** The sums over some rows, in pico-dollars. */
export interface BillSums {
  readonly requests: number;
  /** As every request was asked, at list price: the sum of the baselines. */
  readonly naivePicoUsd: bigint;
  /** What the ledger says was spent. */
  readonly actualPicoUsd: bigint;
  /** The part of it that no provider bills: what finding the answers of hits cost. */
  readonly lookupsPicoUsd: bigint;
  readonly hits: number;
  readonly shared: number;
  readonly rerouted: number;
}

/** The whole bill. */
export interface Bill extends BillSums {
  /** By technique, every technique that any row names. */
  readonly savedPicoUsd: ReadonlyMap<string, bigint>;
  /** The part of naive minus actual that no technique explains, by its cause: the ledger names one for every such part. */
  readonly residualByCause: ReadonlyMap<string, bigint>;
  /** Rows whose call was translated into another vendor's dialect. */
  readonly translated: number;
  /** Their part of what choosing the target saved. */
  readonly translatedSavedPicoUsd: bigint;
  /** Naive minus actual minus all savings and named residuals; anything but 0 is a defect. */
  readonly unexplainedPicoUsd: bigint;
  /** Rows without a known price; they are in no sum. */
  readonly unpriced: number;
  readonly byTask: ReadonlyMap<RowTask, BillSums>;
}

/** Adds up what the ledger says about the rows. */
export function addUp(rows: readonly SettledRow[]): Bill {
  const translated = rows.filter(isTranslated);
  const lines = [...savedByTechnique(rows)];
  const sums = sumsOf(rows);
  const explained = lines.reduce((sum, [, picoUsd]) => sum + picoUsd, 0n);
  return {
    ...sums,
    savedPicoUsd: new Map(lines.filter(([name]) => !isResidual(name))),
    residualByCause: new Map(lines.filter(([name]) => isResidual(name))),
    translated: translated.length,
    translatedSavedPicoUsd: savedByTechnique(translated).get("choose-target") ?? 0n,
    unexplainedPicoUsd: sums.naivePicoUsd - sums.actualPicoUsd - explained,
    unpriced: rows.filter(({ line }) => line.costPicoUsd === null || line.baselinePicoUsd === null).length,
    byTask: new Map(rowTasks.map((task) => [task, sumsOf(rows.filter(({ row }) => row.task === task))])),
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
  let lookupsPicoUsd = 0n;
  for (const { line } of rows) {
    if (line.costPicoUsd === null || line.baselinePicoUsd === null) continue;
    naivePicoUsd += line.baselinePicoUsd;
    actualPicoUsd += line.costPicoUsd;
    lookupsPicoUsd += line.costPicoUsd - (line.callsPicoUsd ?? line.costPicoUsd);
  }
  return {
    requests: rows.length,
    naivePicoUsd,
    actualPicoUsd,
    lookupsPicoUsd,
    hits: rows.filter(({ line }) => line.cache === "hit").length,
    shared: rows.filter(({ line }) => line.cache === "coalesced").length,
    rerouted: rows.filter((settled) => !isReused(settled) && isRerouted(settled)).length,
  };
}
