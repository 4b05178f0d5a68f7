import type { WorkloadRow } from "../workload/workload-row.ts";
import { isRerouted, isReused, isTranslated, type SettledRow } from "./settled-row.ts";

/** What must never happen, counted with the labels as the truth. Every figure should be 0. */
export interface Mistakes {
  /** Answers from the cache or a shared call for rows that repeat nothing. */
  readonly falseHits: number;
  /** Reused answers that differ from what the repeated row got. */
  readonly differentAnswers: number;
  /** Rows labelled as-asked that another model was called for. */
  readonly wrongModel: number;
  /** Compliance rows that were cached, shared or sent to another model. */
  readonly complianceTouched: number;
  readonly failedCalls: number;
  /** Translated rows, or failed ones that were to be, whose answer is empty, failed or was cut short. */
  readonly translationsBroken: number;
  /** Translated rows whose label does not allow it: compliance, as asked, tenants with keys of their own, no cheaper other vendor. */
  readonly translationsWrong: number;
  /** Translated rows of which the journal says that something was dropped on the way. */
  readonly translationsLossy: number;
}

/** Missed chances: no mistakes, but money left on the table. */
export interface Misses {
  /** Identical repeats that were paid for again. */
  readonly repeatsPaid: number;
  /** Rows labelled cheap that the expensive model was called for. */
  readonly cheapPaidInFull: number;
  /** Rows labelled as translated that a provider was called for in their own dialect. */
  readonly notTranslated: number;
}

/** Counts mistakes; `failed` are rows whose client saw the call fail: they have no ledger line to be looked at. */
export function countMistakes(rows: readonly SettledRow[], failed: readonly WorkloadRow[]): Mistakes {
  const answers = new Map(rows.map(({ row, outcome }) => [row.id, outcome.text]));
  const count = (holds: (settled: SettledRow) => boolean): number => rows.filter(holds).length;
  return {
    falseHits: count(
      (settled) => isReused(settled) && settled.row.variant !== "identical" && !isFollowedByPayer(settled, rows),
    ),
    differentAnswers: count(
      (settled) => isReused(settled) && settled.outcome.text !== answers.get(settled.row.repeats ?? settled.row.id),
    ),
    wrongModel: count((settled) => settled.row.expectedRoute === "as-asked" && isRerouted(settled)),
    complianceTouched: count(
      (settled) => settled.row.expectedRoute === "pinned" && (isReused(settled) || isRerouted(settled)),
    ),
    failedCalls: failed.length,
    translationsBroken: count(isBrokenTranslation) + failed.filter((row) => row.expectsTranslation).length,
    translationsWrong: count((settled) => isTranslated(settled) && !settled.row.expectsTranslation),
    translationsLossy: count(({ line }) => /\bdropped\b/.test(line.translation ?? "")),
  };
}

function isBrokenTranslation(settled: SettledRow): boolean {
  const { outcome, line } = settled;
  return isTranslated(settled) && (outcome.text.trim() === "" || line.outcome !== "ok");
}

/**
 * Of two identical rows that leave together either may arrive first and pay; then the other, the original by its label,
 * rightly gets the shared answer.
 */
function isFollowedByPayer(settled: SettledRow, rows: readonly SettledRow[]): boolean {
  return rows.some(({ row, line }) => row.together && row.repeats === settled.row.id && (line.callsPicoUsd ?? 0n) > 0n);
}

/** Counts missed chances. */
export function countMisses(rows: readonly SettledRow[]): Misses {
  return {
    repeatsPaid: rows.filter((settled) => settled.row.variant === "identical" && !isReused(settled)).length,
    cheapPaidInFull: rows.filter(
      (settled) =>
        settled.row.expectedRoute === "cheap" &&
        !isReused(settled) &&
        settled.line.calledModel === settled.line.requestedModel,
    ).length,
    notTranslated: rows.filter(
      (settled) => settled.row.expectsTranslation && !isReused(settled) && !isTranslated(settled),
    ).length,
  };
}
