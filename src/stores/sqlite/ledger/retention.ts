import type { DatabaseSync } from "node:sqlite";

/** Deletes old rows a few at a time, between the batches of the same thread. */
export interface Retention {
  /** Begins to delete everything older than this request id. A run under way goes on with the new bound. */
  start(beforeId: bigint): void;
  stop(): void;
}

/** Rows deleted in one transaction: about 3 ms, the longest that a batch can wait for it. */
const sliceRows = 500;
const pauseMs = 50;
/** Rows that the roll-ups do not have yet are asked for again after this time. */
const foldWaitMs = 2_000;

/** @param onError told when a slice failed; the next `start` tries again. */
export function createRetention(database: DatabaseSync, onError: (error: unknown) => void): Retention {
  // The triggers allow deletes below the stored bound only, and the bound never goes back.
  const setBound = database.prepare("UPDATE retention SET before_id = max(before_id, ?)");
  // Not before the roll-ups have them: what is not folded yet waits.
  const sliceEnd = database.prepare(
    `SELECT max(id) AS last FROM (SELECT id FROM requests WHERE id < ? AND id < (SELECT folded_below_id FROM roll_up_state)
     AND id < (SELECT coalesce(min(id), 9223372036854775807) FROM late_rows) ORDER BY id LIMIT ?)`,
  );
  const anyLeft = database.prepare("SELECT EXISTS (SELECT 1 FROM requests WHERE id < ?) AS any");
  const deletions = [
    database.prepare("DELETE FROM later_attempts WHERE request_id <= ?"),
    database.prepare("DELETE FROM corrections WHERE request_id <= ?"),
    database.prepare("DELETE FROM requests WHERE id <= ?"),
  ];
  // Kept as they came: the id is text. Few, so no index.
  const deleteParked = database.prepare(
    `DELETE FROM parked_rows WHERE parked_id IN
     (SELECT parked_id FROM parked_rows WHERE CAST(request_id AS INTEGER) < ? LIMIT ?)`,
  );
  // By the time of their post; few, so that no request's slice has to be there for them.
  const deleteOutcomes = database.prepare(
    "DELETE FROM outcomes WHERE outcome_id IN (SELECT outcome_id FROM outcomes WHERE outcome_id < ? LIMIT ?)",
  );
  let bound = 0n;
  let timer: NodeJS.Timeout | null = null;

  const slice = (): void => {
    timer = null;
    try {
      const last = sliceEnd.get(bound, sliceRows)?.["last"];
      database.exec("BEGIN IMMEDIATE");
      setBound.run(bound);
      if (typeof last === "bigint") for (const deletion of deletions) deletion.run(last);
      const parked = deleteParked.run(bound, sliceRows).changes;
      const outcomes = deleteOutcomes.run(bound, sliceRows).changes;
      database.exec("COMMIT");
      if (typeof last === "bigint" || Number(parked) > 0 || Number(outcomes) > 0) timer = setTimeout(slice, pauseMs);
      else if (anyLeft.get(bound)?.["any"] === 1n) timer = setTimeout(slice, foldWaitMs);
    } catch (error) {
      if (database.isTransaction) database.exec("ROLLBACK");
      onError(error);
    }
  };

  return {
    start(beforeId) {
      if (beforeId > bound) bound = beforeId;
      timer ??= setTimeout(slice, 0);
    },
    stop() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
