import { lockDirectory, openForWriting } from "../data-directory.ts";
import { createFold, sliceRowsAlone } from "./fold-rows.ts";
import { quarterMs } from "./report-dimensions.ts";
import { pruneRollUps, resetRollUps } from "./reset-roll-ups.ts";

/** What a rebuild is asked for. */
export interface RebuildOptions {
  readonly directory: string;
  /** Zone of the daily sums. */
  readonly zone: string;
  /** Now, milliseconds since the epoch. */
  readonly nowMs: number;
  /** Told how many rows are folded until now. */
  readonly onProgress: (rows: number) => void;
}

const beyondAll = 2n ** 63n - 1n;

/**
 * Makes the roll-ups anew from the rows, for a program that is not the gateway. Sums of days whose rows retention deleted stay as
 * they are. Some 20 us a row. A program that is killed meanwhile leaves roll-ups that are right and not complete: what is missing
 * is read from rows, and the gateway folds on.
 * @returns the number of rows folded.
 * @throws FarthingError `config_invalid` while another process writes the ledger.
 */
export function rebuildRollUps({ directory, zone, nowMs, onProgress }: RebuildOptions): number {
  const lock = lockDirectory(directory);
  try {
    const database = openForWriting(directory, "NORMAL");
    try {
      resetRollUps(database, zone);
      pruneRollUps(database, Math.floor(nowMs / quarterMs) * quarterMs);
      const fold = createFold(database, sliceRowsAlone);
      let rows = 0;
      for (let folded = fold.next(beyondAll); folded > 0; folded = fold.next(beyondAll)) onProgress((rows += folded));
      while (fold.lengthen());
      return rows;
    } finally {
      database.close();
    }
  } finally {
    lock.close();
  }
}
