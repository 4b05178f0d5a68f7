import type { WorkloadRow } from "../workload/workload-row.ts";
import type { CallOutcome } from "./call-outcome.ts";

/** How rows are sent. */
export interface ReplayOptions {
  /** Rows in flight at most. */
  readonly concurrency: number;
  readonly call: (row: WorkloadRow) => Promise<CallOutcome>;
  /** Called after each row. */
  readonly onProgress: (done: number) => void;
}

/**
 * Sends all rows in their order. A row that repeats an earlier one waits for that one's answer, so that it can only be a
 * hit or a miss, unless it is to be sent together with it: then the two start at the same moment.
 */
export async function replay(rows: readonly WorkloadRow[], options: ReplayOptions): Promise<Map<string, CallOutcome>> {
  const outcomes = new Map<string, CallOutcome>();
  const underWay = new Map<string, Promise<void>>();
  const companions = Map.groupBy(
    rows.filter((row) => row.together),
    (row) => row.repeats ?? "",
  );
  const send = async (row: WorkloadRow): Promise<void> => {
    outcomes.set(row.id, await options.call(row));
    options.onProgress(outcomes.size);
  };
  // Companions leave with the row that they repeat, beside the limit: there are few.
  const sendGroup = async (row: WorkloadRow): Promise<void> => {
    await Promise.all([row, ...(companions.get(row.id) ?? [])].map(send));
  };
  const queue = rows.filter((row) => !row.together).values();
  const work = async (): Promise<void> => {
    for (const row of queue) {
      // The repeated row stands earlier in the queue, so it is under way or done, and waits for nobody behind it.
      if (row.repeats !== null) await underWay.get(row.repeats);
      const sent = sendGroup(row);
      underWay.set(row.id, sent);
      await sent;
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  return outcomes;
}
