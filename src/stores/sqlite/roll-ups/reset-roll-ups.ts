import type { DatabaseSync } from "node:sqlite";
import { idAt } from "../id-window.ts";
import { dayEndOf, dayStartOf, readRollUpState, type RollUpState } from "./roll-up-state.ts";
import { isDaily, rollUps } from "./schema-roll-ups.ts";

/**
 * Makes the daily sums those of a zone: nothing when they are already, else everything that rows can give again is folded anew.
 * @returns true when sums were thrown away.
 */
export function takeZone(database: DatabaseSync, zone: string): boolean {
  const { zones } = readRollUpState(database);
  if (zones.at(-1)?.zone === zone) return false;
  resetRollUps(database, zone);
  return zones.length > 0;
}

/**
 * Throws away the sums of all days whose rows are still there, so that they are folded anew, with days of `zone`. Sums whose
 * rows were deleted stay as they are, in the days of the zone of then. One transaction.
 */
export function resetRollUps(database: DatabaseSync, zone: string): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    const state = readRollUpState(database);
    const fromMs = firstWholeDay(state);
    const fromId = idAt(fromMs);
    const where = fromMs === 0 ? "" : ` WHERE start_ms >= ${fromMs}`;
    for (const { table } of rollUps) database.exec(`DELETE FROM ${table}${where}`);
    // Spans of several days are made again from the days, those too whose rows are gone.
    database.exec("DELETE FROM long_spans");
    for (const { table, level } of rollUps) if (isDaily(level)) database.exec(`DELETE FROM ${table} WHERE days > 1`);
    database.prepare("DELETE FROM late_rows WHERE id >= ?").run(fromId);
    database
      .prepare(
        "UPDATE roll_up_state SET folded_below_id = min(folded_below_id, ?), quarters_from_ms = min(quarters_from_ms, ?)",
      )
      .run(fromId, fromMs);
    database.prepare("DELETE FROM roll_up_zones WHERE from_ms >= ?").run(fromMs);
    database.prepare("INSERT INTO roll_up_zones VALUES (?, ?)").run(fromMs, zone);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** First moment from which on every row is there, at the edge of a day of the sums. */
function firstWholeDay({ rowsFromMs, zones }: RollUpState): number {
  if (rowsFromMs === 0) return 0;
  return dayStartOf(zones, rowsFromMs) === rowsFromMs ? rowsFromMs : dayEndOf(zones, rowsFromMs);
}

const dayMs = 86_400_000;
/** Days that quarters of an hour are kept for. */
export const quarterDays = 45;
/** Days that daily sums are kept for: ten years. */
export const dailyDays = 3_660;

/** Deletes sums that are older than their level keeps; `nowMs` in whole quarters of an hour, so that it has work once in each. */
export function pruneRollUps(database: DatabaseSync, nowMs: number): void {
  const state = readRollUpState(database);
  const quartersFromMs = nowMs - quarterDays * dayMs;
  const daysFromMs = nowMs - dailyDays * dayMs;
  if (quartersFromMs <= state.quartersFromMs && daysFromMs <= state.daysFromMs) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const { table, level } of rollUps) {
      database.prepare(`DELETE FROM ${table} WHERE start_ms < ?`).run(isDaily(level) ? daysFromMs : quartersFromMs);
    }
    database.prepare("DELETE FROM long_spans WHERE start_ms < ?").run(daysFromMs);
    database
      .prepare(
        "UPDATE roll_up_state SET quarters_from_ms = max(quarters_from_ms, ?), days_from_ms = max(days_from_ms, ?)",
      )
      .run(quartersFromMs, daysFromMs);
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
