import type { CallOutcome } from "../run/call-outcome.ts";
import type { WorkloadRow } from "../workload/workload-row.ts";
import { readLedger } from "./read-ledger.ts";
import type { SettledRow } from "./settled-row.ts";

/** The rows of a run by how they ended. */
export interface SettledRows {
  /** Answered. They are the bill. */
  readonly served: readonly SettledRow[];
  /** Refused by the budget that was made for them. They cost nothing and are in no sum: what is not bought is not saved. */
  readonly refused: readonly SettledRow[];
  /** Everything else: it should have been answered. */
  readonly failed: readonly WorkloadRow[];
}

/**
 * Joins rows, what clients saw and what the ledger recorded.
 * @throws Error when the ledger has no line for a request that has an id.
 */
export async function settleRows(
  rows: readonly WorkloadRow[],
  outcomes: ReadonlyMap<string, CallOutcome>,
  dataDirectory: string,
): Promise<SettledRows> {
  const isMeant = (row: WorkloadRow): boolean => isAnswered(row, outcomes) || isRefused(row, outcomes);
  const meant = rows.filter(isMeant);
  const ids = meant.flatMap(({ id }) => outcomes.get(id)?.requestId ?? []);
  const lines = await readLedger(dataDirectory, ids);
  const settled = meant.flatMap((row) => {
    const outcome = outcomes.get(row.id);
    const line = lines.get(outcome?.requestId ?? "");
    return outcome === undefined || line === undefined ? [] : [{ row, outcome, line }];
  });
  return {
    served: settled.filter(({ outcome }) => outcome.failure === null),
    refused: settled.filter(({ outcome }) => outcome.failure !== null),
    failed: rows.filter((row) => !isMeant(row)),
  };
}

function isAnswered({ id }: WorkloadRow, outcomes: ReadonlyMap<string, CallOutcome>): boolean {
  return outcomes.get(id)?.failure === null;
}

function isRefused({ id, task }: WorkloadRow, outcomes: ReadonlyMap<string, CallOutcome>): boolean {
  return task === "backfill" && outcomes.get(id)?.failureCode === "budget_exceeded";
}
