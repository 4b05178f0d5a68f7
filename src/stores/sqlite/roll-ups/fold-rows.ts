import type { DatabaseSync, StatementSync } from "node:sqlite";
import { arrivalOf } from "../../../kit/request-id.ts";
import { CellSums, cellRowsMax } from "./cell-sums.ts";
import { idAt } from "../id-window.ts";
import { createLongSpans } from "./long-spans.ts";
import type { WrittenRow } from "./measure-row.ts";
import { type Cell, PendingRows } from "./pending-rows.ts";
import { createCellReader } from "./read-cell.ts";
import { dayEndOf, dayStartOf, readRollUpState } from "./roll-up-state.ts";
import { createCellWriter } from "./write-cell.ts";

/** Adds rows to the roll-ups, a slice a transaction. */
export interface Fold {
  /**
   * Folds the next slice: rows that came late first, then the oldest that are not folded, all of one day. Rows that were
   * handed over are folded by cells, each when all of it is below `beforeId`.
   * @param beforeId rows from this id on stay as they are.
   * @returns how many rows; 0 when there is none left below `beforeId`.
   * @throws the storage's error; then nothing has changed.
   */
  next(beforeId: bigint): number;
  /** Rows below this id are folded or in `late_rows`. */
  readonly foldedBelowId: bigint;
  /**
   * Adds up a part of the spans of several days, where days are over: work for when no row waits.
   * @returns false when there is nothing to do.
   */
  lengthen(): boolean;
  /** Hands over rows that were committed just now, so that they need not be read again; null when not all came in as they were. */
  take(rows: readonly WrittenRow[] | null): void;
  /** True when so many rows were handed over that the next fold should not wait for `beforeId` to rest. */
  readonly isCrowded: boolean;
}

/** Rows of one transaction beside a gateway's traffic: some 20 ms, the longest that a batch can wait for it. */
const sliceRowsBeside = 1_000;
/** Rows of one transaction where nobody waits: groups that come often in it are written once. */
export const sliceRowsAlone: number = cellRowsMax;

/** Rows that one transaction takes. */
interface Slice {
  readonly rows: number;
  /** The lowest id, or another of its quarter of an hour. */
  readonly fromId: bigint;
  /** Up to but without this id. */
  readonly toId: bigint;
  readonly late: boolean;
  /** Their sums, where they are known; else the rows are read. */
  readonly cell: Cell | null;
}

/**
 * @param database the writer's connection.
 * @param sliceRows rows read in one transaction at most.
 */
export function createFold(database: DatabaseSync, sliceRows: number = sliceRowsBeside): Fold {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const forget = database.prepare("DELETE FROM late_rows WHERE id >= ? AND id < ?");
  const advance = database.prepare("UPDATE roll_up_state SET folded_below_id = ?");
  const readCells = createCellReader(database);
  const writeCell = createCellWriter(database);
  const findSlice = sliceFinder(database, sliceRows);
  const pending = new PendingRows(database);
  const longSpans = createLongSpans(database);
  let foldedBelowId = readRollUpState(database).foldedBelowId;

  const add = ({ fromId, toId, late, cell }: Slice): void => {
    const { zones, quartersFromMs, daysFromMs } = readRollUpState(database);
    const cells = cell === null ? readCells(fromId, toId, late) : new Map([[cell.quarterStartMs, cell.sums]]);
    for (const [quarterStartMs, sums] of cells) {
      if (quarterStartMs >= quartersFromMs) writeCell.quarter(sums, quarterStartMs);
    }
    const dayStartMs = dayStartOf(zones, arrivalOf(fromId));
    if (dayStartMs >= daysFromMs) {
      writeCell.day(cell?.sums ?? sumOf(cells.values()), dayStartMs);
      longSpans.touch(dayStartMs);
    }
    if (late) forget.run(fromId, toId);
    else advance.run(toId);
  };
  const nextSlice = (beforeId: bigint): Slice | null => {
    const late = pending.lateKnown ? sliceOf(pending.firstLate, true) : findSlice("late_rows", 0n, foldedBelowId);
    if (late !== null) return late;
    pending.lateAreFolded();
    const { knownFromId } = pending;
    if (foldedBelowId < knownFromId) {
      const rows = findSlice("requests", foldedBelowId, beforeId < knownFromId ? beforeId : knownFromId);
      if (rows !== null) return rows;
    }
    const slice = sliceOf(pending.first, false);
    return slice !== null && slice.toId <= beforeId ? slice : null;
  };
  return {
    get foldedBelowId() {
      return foldedBelowId;
    },
    get isCrowded() {
      return pending.isCrowded;
    },
    lengthen: () => longSpans.next(foldedBelowId === 0n ? 0 : arrivalOf(foldedBelowId)),
    take(rows) {
      pending.take(rows, foldedBelowId);
    },
    next(beforeId) {
      const slice = nextSlice(beforeId);
      if (slice === null) return 0;
      begin.run();
      try {
        add(slice);
        commit.run();
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
      if (slice.cell !== null) pending.drop(slice.cell);
      if (!slice.late) foldedBelowId = slice.toId;
      return slice.rows;
    },
  };
}

function sliceOf(cell: Cell | undefined, late: boolean): Slice | null {
  if (cell === undefined) return null;
  const { rows, fromId, toId } = cell;
  return { rows, fromId, toId, late, cell };
}

function sumOf(cells: Iterable<CellSums>): CellSums {
  const sums = new CellSums();
  for (const cell of cells) sums.addCell(cell);
  return sums;
}

/** Finds slices of rows to read; the connection is the only one that writes, so what it reads stays true until it folds. */
function sliceFinder(
  database: DatabaseSync,
  sliceRows: number,
): (table: "requests" | "late_rows", fromId: bigint, beforeId: bigint) => Slice | null {
  const statements = (table: string): { readonly first: StatementSync; readonly end: StatementSync } => ({
    first: database.prepare(`SELECT min(id) AS id FROM ${table} WHERE id >= ? AND id < ?`),
    end: database.prepare(
      `SELECT max(id) AS last, count(*) AS rows FROM (SELECT id FROM ${table} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)`,
    ),
  });
  const tables = { requests: statements("requests"), late_rows: statements("late_rows") };
  return (table, fromId, beforeId) => {
    const { first, end } = tables[table];
    const firstId = first.get(fromId, beforeId)?.["id"];
    if (typeof firstId !== "bigint") return null;
    const dayEndId = idAt(dayEndOf(readRollUpState(database).zones, arrivalOf(firstId)));
    const endId = dayEndId < beforeId ? dayEndId : beforeId;
    const found = end.get(firstId, endId, sliceRows);
    const rows = Number(found?.["rows"]);
    const toId = rows < sliceRows ? endId : (found?.["last"] as bigint) + 1n;
    return { rows, fromId: firstId, toId, late: table === "late_rows", cell: null };
  };
}
