import type { CallOutcome } from "../run/call-outcome.ts";
import type { WorkloadRow } from "../workload/workload-row.ts";
import type { LedgerLine } from "./ledger-line.ts";

/** A row of the workload with what its client saw and what the ledger recorded. */
export interface SettledRow {
  readonly row: WorkloadRow;
  readonly outcome: CallOutcome;
  readonly line: LedgerLine;
}

/** The answer came from the cache or from a call shared with another request. */
export function isReused(settled: SettledRow): boolean {
  return settled.line.cache === "hit" || settled.line.cache === "coalesced";
}

/** The answer came from another vendor and was translated from its dialect. */
export function isTranslated(settled: SettledRow): boolean {
  return settled.line.translation !== null;
}

/** A provider was called with another model than the caller named. */
export function isRerouted(settled: SettledRow): boolean {
  return settled.line.calledModel !== null && settled.line.calledModel !== settled.line.requestedModel;
}
