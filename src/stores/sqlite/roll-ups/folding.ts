import type { DatabaseSync } from "node:sqlite";
import { idAt } from "../id-window.ts";
import { createFold } from "./fold-rows.ts";
import { quarterMs } from "./report-dimensions.ts";
import type { WrittenRow } from "./measure-row.ts";
import { pruneRollUps, takeZone } from "./reset-roll-ups.ts";

/** Keeps the roll-ups close behind the rows, between the batches of the same thread. */
export interface Folding {
  /** A batch was written: so many rows, and they themselves where they came in as they were. */
  written(rows: number, handedOver: readonly WrittenRow[] | null): void;
  /** Rows below this id have been folded: one that is written now must be listed in `late_rows`. */
  readonly foldedBelowId: bigint;
  stop(): void;
}

/** What folding works with beside the database. */
export interface FoldingOptions {
  /** Zone of the daily sums. */
  readonly zone: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Told when a slice failed; the next turn tries again. */
  readonly onError: (error: unknown) => void;
}

const turnMs = 1_000;
/** Rows stay unfolded so long after their arrival, since a row that is written behind the fold costs more than others ... */
const restMs = 30_000;
/** ... unless more than so many are: then all that is older than `overdueRestMs` is folded. Readers read them one by one. */
const unfoldedRowsMax = 8_000;
/** A report of "up to now" begins to be read within this time, so that nothing folded lies behind its end. */
const overdueRestMs = 2_000;
/** Between two slices a batch may be written. */
const pauseMs = 5;

/** Starts folding: a turn every second, in it as many slices as there are. */
export function startFolding(database: DatabaseSync, { zone, nowMs, onError }: FoldingOptions): Folding {
  takeZone(database, zone);
  const fold = createFold(database);
  let unfolded = countUnfolded(database, fold.foldedBelowId);
  let slice: NodeJS.Timeout | null = null;
  let failed = false;

  /** Once for a run of failures: a full disk is alarmed by the writes too. */
  const attempt = (run: () => void): void => {
    try {
      run();
      failed = false;
    } catch (error) {
      slice = null;
      if (!failed) onError(error);
      failed = true;
    }
  };
  const foldSlice = (): void => {
    const busyRestMs = fold.isCrowded ? 0 : overdueRestMs;
    const beforeId = idAt(nowMs() - (unfolded > unfoldedRowsMax ? busyRestMs : restMs));
    const goesOn = withoutSync(database, () => {
      const rows = fold.next(beforeId);
      unfolded = Math.max(0, unfolded - rows);
      return rows > 0 || fold.lengthen();
    });
    slice = goesOn ? setTimeout(attempt, pauseMs, foldSlice) : null;
  };
  const turn = setInterval(() => {
    if (slice !== null) return;
    attempt(() => {
      pruneRollUps(database, Math.floor(nowMs() / quarterMs) * quarterMs);
      foldSlice();
    });
  }, turnMs);
  return {
    written: (rows, handedOver) => {
      unfolded += rows;
      fold.take(handedOver);
    },
    get foldedBelowId() {
      return fold.foldedBelowId;
    },
    stop() {
      clearInterval(turn);
      if (slice !== null) clearTimeout(slice);
      slice = null;
    },
  };
}

/**
 * A fold that a power failure takes back is done again, so it need not wait for the disk: what it wrote goes there with the next
 * batch. Order in the log is kept.
 */
function withoutSync<T>(database: DatabaseSync, run: () => T): T {
  const before = database.prepare("PRAGMA synchronous").get()?.["synchronous"];
  database.exec("PRAGMA synchronous=NORMAL");
  try {
    return run();
  } finally {
    database.exec(`PRAGMA synchronous=${before}`);
  }
}

/** Enough to know whether many are. */
function countUnfolded(database: DatabaseSync, foldedBelowId: bigint): number {
  const counted = database.prepare("SELECT count(*) AS rows FROM (SELECT 1 FROM requests WHERE id >= ? LIMIT 1000000)");
  return Number(counted.get(foldedBelowId)?.["rows"]);
}
