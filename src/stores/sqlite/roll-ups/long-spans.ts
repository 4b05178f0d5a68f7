import type { DatabaseSync, StatementSync } from "node:sqlite";
import { startOfUnit, zoneOffsetMs } from "../../../kit/zoned-time.ts";
import { dayEndOf, readRollUpState, type RollUpState } from "./roll-up-state.ts";
import { isDaily, type RollUp, rollUps, summedColumns } from "./schema-roll-ups.ts";

/** A span whose sums are complete. */
export interface LongSpan {
  readonly days: number;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Makes spans of 2, 4, 8 ... 64 days out of days that are over, each the sum of two of half its length, so that any window of 90 days is a
 * dozen of them. `long_spans` lists those that are complete; one that gets another row is taken off the list and made again.
 */
export interface LongSpans {
  /** A row of this day is added, in the transaction that is open. */
  touch(dayStartMs: number): void;
  /**
   * Adds up a part of a span, in a transaction of its own of some 10 ms.
   * @param toMs no row is missing in the days before this moment.
   * @returns false when there is nothing to do.
   */
  next(toMs: number): boolean;
}

const dayMs = 86_400_000;
const lengths: readonly number[] = [2, 4, 8, 16, 32, 64];
/** Requests that take longer than this bring their day's spans to be made again. */
const restMs = 7_200_000;
/** Names of each half that one transaction adds up. */
const sliceLines = 1_000;
/** Greater than any name: SQLite puts bytes after texts. */
const beyondNames = new Uint8Array(1);

interface Unfinished {
  readonly days: number;
  readonly firstDay: number;
  readonly startMs: number;
  readonly middleMs: number;
  readonly endMs: number;
  table: number;
  /** Names from this one on are to be added, in the first column of the table's key. */
  fromName: string;
}

/** The spans that lie in a window, in no order. */
export function readLongSpans(database: DatabaseSync, fromMs: number, toMs: number): readonly LongSpan[] {
  return database
    .prepare("SELECT days, start_ms, end_ms FROM long_spans WHERE start_ms >= ? AND end_ms <= ?")
    .all(Math.floor(fromMs), Math.ceil(toMs))
    .map((row) => ({ days: Number(row["days"]), startMs: Number(row["start_ms"]), endMs: Number(row["end_ms"]) }));
}

/** @param database the writer's connection. */
export function createLongSpans(database: DatabaseSync): LongSpans {
  const adders = rollUps.filter(({ level }) => isDaily(level)).map((rollUp) => createAdder(database, rollUp));
  const forget = database.prepare("DELETE FROM long_spans WHERE start_ms <= ? AND end_ms > ?");
  const list = database.prepare("INSERT OR REPLACE INTO long_spans VALUES (?, ?, ?, ?)");
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const finder = createFinder(database);
  let madeToMs = Number(database.prepare("SELECT coalesce(max(end_ms), 0) AS ms FROM long_spans").get()?.["ms"]);
  let unfinished: Unfinished | null = null;

  const addPart = (span: Unfinished): void => {
    const nextName = adders[span.table]?.(span) ?? null;
    if (nextName !== null) {
      span.fromName = nextName;
      return;
    }
    span.fromName = "";
    span.table += 1;
    if (span.table === adders.length) list.run(span.days, span.firstDay, span.startMs, span.endMs);
  };
  return {
    touch(dayStartMs) {
      if (dayStartMs >= madeToMs) return;
      forget.run(dayStartMs, dayStartMs);
      finder.lookAgainFrom(dayStartMs);
      unfinished = null;
    },
    next(toMs) {
      unfinished ??= finder.find(toMs - restMs);
      if (unfinished === null) return false;
      const span = unfinished;
      madeToMs = Math.max(madeToMs, span.endMs);
      const before = { ...span };
      begin.run();
      try {
        addPart(span);
        commit.run();
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        unfinished = before;
        throw error;
      }
      if (span.table === adders.length) unfinished = null;
      return true;
    },
  };
}

/** Finds spans that are not listed, the earliest end and then the shortest first: so halves are there before what is made of them. */
function createFinder(database: DatabaseSync): {
  find(toMs: number): Unfinished | null;
  lookAgainFrom(dayStartMs: number): void;
} {
  const firstDay = database.prepare("SELECT min(start_ms) AS ms FROM day_total_sums WHERE days = 1");
  const isListed = database.prepare("SELECT 1 FROM long_spans WHERE days = ? AND first_day = ?");
  const firstDayMs = (): number | null => {
    const ms = firstDay.get()?.["ms"] ?? null;
    return ms === null ? null : Number(ms);
  };
  let lookedToMs: number | null = null;
  const missingAt = (state: RollUpState, startMs: number, endMs: number): Unfinished | null => {
    for (const days of lengths) {
      const span = spanEndingWith(state, startMs, endMs, days);
      if (span === null) break;
      if (isListed.get(days, span.firstDay) === undefined) return span;
    }
    return null;
  };
  return {
    lookAgainFrom(dayStartMs) {
      lookedToMs = lookedToMs === null ? null : Math.min(lookedToMs, dayStartMs);
    },
    find(toMs) {
      const state = readRollUpState(database);
      lookedToMs ??= firstDayMs();
      while (lookedToMs !== null) {
        const endMs = dayEndOf(state.zones, lookedToMs);
        if (endMs > toMs) return null;
        const missing = missingAt(state, lookedToMs, endMs);
        if (missing !== null) return missing;
        lookedToMs = endMs;
      }
      return null;
    },
  };
}

/** The span of so many days that ends with this day; null when none does, or when the zone was another at its start. */
function spanEndingWith(
  { zones, daysFromMs }: RollUpState,
  dayStartMs: number,
  endMs: number,
  days: number,
): Unfinished | null {
  const zoneSpan = zones.findLast((span) => span.fromMs <= dayStartMs);
  if (zoneSpan === undefined) return null;
  const { zone } = zoneSpan;
  const day = Math.floor((dayStartMs + zoneOffsetMs(dayStartMs, zone)) / dayMs);
  if ((day + 1) % days !== 0) return null;
  // From the middle of a day, since days are 23 to 25 hours long.
  const startBefore = (count: number): number => startOfUnit(dayStartMs - (count - 1) * dayMs + dayMs / 2, "day", zone);
  const startMs = startBefore(days);
  if (startMs < zoneSpan.fromMs || startMs < daysFromMs) return null;
  return { days, firstDay: day + 1 - days, startMs, middleMs: startBefore(days / 2), endMs, table: 0, fromName: "" };
}

/** Adds the lines of two halves up, from a name on. @returns the name to go on with; null when that was all. */
function createAdder(
  database: DatabaseSync,
  { table, holds, dimensions }: RollUp,
): (span: Unfinished) => string | null {
  const keys = dimensions.map((name) => `"${name}"`);
  const names = summedColumns(holds);
  const sums = names.map((name) => `sum(${name})`);
  const columns = ["days", "start_ms", ...keys, ...names].join(", ");
  const [name] = keys;
  const add = (condition: string): StatementSync =>
    database.prepare(
      `INSERT OR REPLACE INTO ${table} (${columns}) SELECT ${["?1", "?2", ...keys, ...sums].join(", ")} FROM ${table}
       WHERE days = ?3 AND start_ms IN (?2, ?4) ${condition} GROUP BY ${["?1", ...keys].join(", ")}`,
    );
  if (name === undefined) {
    const all = add("");
    return ({ days, startMs, middleMs }) => {
      all.run(days, startMs, days / 2, middleMs);
      return null;
    };
  }
  const some = add(`AND ${name} >= ?5 AND ${name} < ?6`);
  const end = database.prepare(
    `SELECT ${name} AS name FROM ${table} WHERE days = ? AND start_ms = ? AND ${name} > ? ORDER BY ${name} LIMIT 1 OFFSET ?`,
  );
  return ({ days, startMs, middleMs, fromName }) => {
    const ends = [startMs, middleMs]
      .map((halfMs) => end.get(days / 2, halfMs, fromName, sliceLines)?.["name"])
      .filter((found) => typeof found === "string");
    // By bytes, which is how SQLite compares names.
    const [toName = null] = ends.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    some.run(days, startMs, days / 2, middleMs, fromName, toName ?? beyondNames);
    return toName;
  };
}
