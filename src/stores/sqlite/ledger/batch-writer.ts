import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { BatchHead } from "./ledger-protocol.ts";
import type { WrittenRow } from "../roll-ups/measure-row.ts";
import { isBelow } from "../roll-ups/pending-rows.ts";
import { readRollUpState } from "../roll-ups/roll-up-state.ts";
import { callColumns, requestColumns } from "../schema.ts";
import type { WireRow } from "./wire-row.ts";

/** Writes batches, each in one transaction. */
export interface BatchWriter {
  /**
   * Writes a batch and syncs it. A row that the tables refuse is parked, and the rest goes on.
   * @returns the number of rows of the batch, parked ones included.
   * @throws the storage's error when nothing of the batch was kept; the same text may be given again.
   */
  write(text: string): number;
}

/** SQLite's primary result codes that speak of the storage, not of a row: trying again may help. */
const storageFaults: ReadonlySet<number> = new Set([
  5, // BUSY
  6, // LOCKED
  7, // NOMEM
  8, // READONLY
  9, // INTERRUPT
  10, // IOERR
  11, // CORRUPT
  13, // FULL
  14, // CANTOPEN
  15, // PROTOCOL
  26, // NOTADB
]);

const primaryKeyConflict = 1555;

/**
 * @param beforeCommit called inside each transaction, before it syncs.
 * @param onParked called with the reason when a row was parked.
 * @param foldedBelowId rows below this id are listed as late, since the roll-ups have passed them.
 * @param onWritten called after each commit with the rows; with null when one was refused or may have been there already.
 */
export function createBatchWriter(
  database: DatabaseSync,
  beforeCommit: () => void,
  onParked: (reason: string) => void,
  foldedBelowId: () => bigint = storedFoldBound(database),
  onWritten: (rows: readonly WrittenRow[] | null) => void = () => undefined,
): BatchWriter {
  const width = requestColumns.length + callColumns.length;
  const insertRequest = database.prepare(`INSERT INTO requests VALUES (${placeholders(width + 1)})`);
  const insertLater = database.prepare(`INSERT INTO later_attempts VALUES (${placeholders(callColumns.length + 3)})`);
  const insertCorrection = database.prepare(
    "INSERT INTO corrections (request_id, kind, at_ms, detail) VALUES (?, ?, ?, ?)",
  );
  const park = database.prepare("INSERT INTO parked_rows (request_id, at_ms, reason, row) VALUES (?, ?, ?, ?)");
  let insertLate: StatementSync | null = null;
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");

  /** @returns whether the row was inserted. */
  const insert = (statement: StatementSync, row: WireRow, atMs: number, replay: boolean): boolean => {
    try {
      statement.run(...row);
      return true;
    } catch (error) {
      const code = sqliteCode(error);
      if (code !== null && storageFaults.has(code & 0xff)) throw error;
      if (replay && code === primaryKeyConflict) return false;
      const reason = error instanceof Error ? error.message : String(error);
      park.run(String(row[0]), atMs, reason, JSON.stringify(row));
      onParked(reason);
      return false;
    }
  };

  return {
    write(text) {
      let lineEnd = endOfLine(text, 0);
      const [rows, corrections, replayed] = JSON.parse(text.slice(0, lineEnd)) as BatchHead;
      const replay = replayed === 1;
      const bound = foldedBelowId().toString();
      const written: WrittenRow[] = [];
      let asTheyCame = !replay;
      begin.run();
      try {
        for (const row of rows) {
          const lineStart = lineEnd + 1;
          lineEnd = endOfLine(text, lineStart);
          const later = row.length > width ? (row.pop() as readonly WireRow[]) : null;
          row.push(text.slice(lineStart, lineEnd));
          const arrivedAtMs = Number(row[1]);
          const inserted = insert(insertRequest, row as WireRow, arrivedAtMs, replay);
          if (inserted && isBelow(row[0] as string, bound)) {
            insertLate ??= database.prepare("INSERT INTO late_rows VALUES (?)");
            insertLate.run(row[0] as string);
          }
          if (!inserted) asTheyCame = false;
          written.push({ row: row as WireRow, later });
          if (later === null) continue;
          for (const attempt of later) if (!insert(insertLater, attempt, arrivedAtMs, replay)) asTheyCame = false;
        }
        for (const correction of corrections) insertCorrection.run(...correction);
        beforeCommit();
        commit.run();
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
      onWritten(asTheyCame ? written : null);
      return rows.length;
    },
  };
}

/** The bound as it stands in the file, for a database that nobody folds meanwhile. */
function storedFoldBound(database: DatabaseSync): () => bigint {
  const { foldedBelowId } = readRollUpState(database);
  return () => foldedBelowId;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function placeholders(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}

function sqliteCode(error: unknown): number | null {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : null;
}
