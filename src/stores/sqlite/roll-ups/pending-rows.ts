import type { DatabaseSync } from "node:sqlite";
import { arrivalOf } from "../../../kit/request-id.ts";
import { CellSums, cellRowsMax } from "./cell-sums.ts";
import { idAt } from "../id-window.ts";
import type { WrittenRow } from "./measure-row.ts";
import { quarterMs } from "./report-dimensions.ts";

/** Every row that was written with an id from `fromId` up to but without `toId`, summed up. All of one quarter of an hour. */
export interface Cell {
  readonly quarterStartMs: number;
  readonly fromId: bigint;
  readonly toId: bigint;
  readonly rows: number;
  readonly sums: CellSums;
}

interface OpenCell extends Cell {
  toId: bigint;
  rows: number;
  readonly late: boolean;
  /** The ends as digits: comparing those is cheaper than reading each row's. */
  readonly fromDigits: string;
  toDigits: string;
  /** Highest id until now. */
  lastDigits: string;
}

/** A cell with so many rows ends behind the last of them; rows that come later than their neighbours still go to it. */
const cellRows = 8_000;
/** Cells kept at most: some 130,000 rows. With more, sums are dropped, and the rows are read again. */
const cellsMax = 16;
/** Beyond every id: nothing is known. */
const unknown = 2n ** 63n;

/**
 * Sums of rows that were written and not folded, in memory: so that a fold need not read rows again. Always complete or absent: of rows
 * from `knownFromId` on every one is in a cell, of lower ones none. Whatever casts doubt on that makes it
 * forget everything.
 */
export class PendingRows {
  readonly #highestId: () => bigint;
  readonly #anyLate: () => boolean;
  #knownFromId = unknown;
  #cells: OpenCell[] = [];
  #recent: OpenCell | null = null;
  #late: Map<number, OpenCell> = new Map();
  #lateKnown = false;

  constructor(database: DatabaseSync) {
    const last = database.prepare("SELECT max(id) AS id FROM requests");
    const anyLate = database.prepare("SELECT EXISTS (SELECT 1 FROM late_rows) AS any");
    this.#highestId = () => (last.get()?.["id"] ?? -1n) as bigint;
    this.#anyLate = () => anyLate.get()?.["any"] === 1n;
  }

  /** Rows below this id were written before, or are not trusted: they are read again. */
  get knownFromId(): bigint {
    return this.#knownFromId;
  }

  /** True while every row of `late_rows` is in a cell. */
  get lateKnown(): boolean {
    return this.#lateKnown;
  }

  /** The cell with the lowest ids. */
  get first(): Cell | undefined {
    return this.#cells[0];
  }

  /** A cell of rows that are listed as late: its ids are those of its whole quarter of an hour. */
  get firstLate(): Cell | undefined {
    return this.#late.values().next().value;
  }

  /** True when half the room is taken: time to fold what is closed, however young. */
  get isCrowded(): boolean {
    return this.#cells.length >= cellsMax / 2;
  }

  /** No row is listed as late any more: from now on all of them are known. */
  lateAreFolded(): void {
    this.#lateKnown = this.#knownFromId !== unknown;
  }

  /**
   * Adds rows that were committed just now. The first time, and after each doubt, these and all before them are left to be read: what is
   * known begins behind them. Whoever hands over one batch must hand over all that follow.
   * @param rows null when not all were inserted as they came.
   * @param foldedBelowId rows below it have been listed as late.
   */
  take(rows: readonly WrittenRow[] | null, foldedBelowId: bigint): void {
    if (this.#knownFromId === unknown) {
      this.#knownFromId = this.#highestId() + 1n;
      this.#lateKnown = !this.#anyLate();
      return;
    }
    try {
      if (rows === null || !rows.every((row) => this.#add(row, foldedBelowId))) this.#forget();
    } catch {
      this.#forget();
    }
  }

  /** Drops every sum: the rows that are there now are read again. */
  #forget(): void {
    this.#knownFromId = unknown;
    this.#cells = [];
    this.#recent = null;
    this.#late = new Map();
    this.#lateKnown = false;
  }

  /** Forgets a cell that was folded. */
  drop(cell: Cell): void {
    this.#cells = this.#cells.filter((one) => one !== cell);
    for (const [start, one] of this.#late) if (one === cell) this.#late.delete(start);
    this.#recent = null;
  }

  /** @returns false when there is no room. */
  #add(row: WrittenRow, foldedBelowId: bigint): boolean {
    const digits = row.row[0] as string;
    const recent = this.#recent;
    const fits = recent !== null && !isBelow(digits, recent.fromDigits) && isBelow(digits, recent.toDigits);
    const cell = fits ? recent : this.#cellOf(BigInt(digits), foldedBelowId);
    if (cell === "unknown") return true;
    if (cell === null || cell.rows >= cellRowsMax) return false;
    cell.sums.add(row);
    cell.rows += 1;
    if (isBelow(cell.lastDigits, digits)) cell.lastDigits = digits;
    if (cell.rows === cellRows && !cell.late) {
      cell.toId = BigInt(cell.lastDigits) + 1n;
      cell.toDigits = cell.toId.toString();
      this.#recent = null;
    }
    return true;
  }

  /** @returns "unknown" for rows that are read; null when there is no room. */
  #cellOf(id: bigint, foldedBelowId: bigint): OpenCell | "unknown" | null {
    const quarterStartMs = Math.floor(arrivalOf(id) / quarterMs) * quarterMs;
    if (id < foldedBelowId) return this.#lateKnown ? this.#lateCell(quarterStartMs) : "unknown";
    if (id < this.#knownFromId) return "unknown";
    const after = this.#cells.findIndex((cell) => id < cell.toId);
    const place = after < 0 ? this.#cells.length : after;
    const next = this.#cells[place];
    if (next !== undefined && id >= next.fromId) return (this.#recent = next);
    if (this.#cells.length >= cellsMax) return null;
    const before = this.#cells[place - 1]?.toId ?? 0n;
    const fromId = highest(idAt(quarterStartMs), before, this.#knownFromId, foldedBelowId);
    const toId = lowest(idAt(quarterStartMs + quarterMs), next?.fromId);
    const cell = openCell(quarterStartMs, fromId, toId, false);
    this.#cells.splice(place, 0, cell);
    return (this.#recent = cell);
  }

  #lateCell(quarterStartMs: number): OpenCell | null {
    const known = this.#late.get(quarterStartMs);
    if (known !== undefined) return known;
    if (this.#late.size >= cellsMax) return null;
    const cell = openCell(quarterStartMs, idAt(quarterStartMs), idAt(quarterStartMs + quarterMs), true);
    this.#late.set(quarterStartMs, cell);
    return cell;
  }
}

/** Compares whole numbers by their digits: cheaper than reading them. */
export function isBelow(digits: string, bound: string): boolean {
  return digits.length < bound.length || (digits.length === bound.length && digits < bound);
}

function openCell(quarterStartMs: number, fromId: bigint, toId: bigint, late: boolean): OpenCell {
  return {
    quarterStartMs,
    fromId,
    toId,
    late,
    rows: 0,
    sums: new CellSums(),
    fromDigits: fromId.toString(),
    toDigits: toId.toString(),
    lastDigits: "0",
  };
}

function highest(...ids: readonly bigint[]): bigint {
  return ids.reduce((one, other) => (other > one ? other : one));
}

function lowest(one: bigint, other: bigint | undefined): bigint {
  return other !== undefined && other < one ? other : one;
}
