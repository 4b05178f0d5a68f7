/*
 * Sums of the rows at two spans: quarters of an hour, which every zone's days consist of, and days of the configured zone. Time stands
 * in `start_ms`, the first moment of the span, milliseconds since the epoch. Tables of days hold longer spans too, of 2 to 64 `days`,
 * made from the days once those are over (long-spans.ts). docs/specs/roll-ups.md says what holds; the columns come from row-measures.ts.
 */

import { allMeasures, techniqueMeasures } from "./row-measures.ts";

/** A table of sums: what it is keyed by beside the time. */
export interface RollUp {
  readonly table: string;
  readonly level: RollUpLevel;
  readonly holds: "sums" | "savings" | "latency";
  /** Columns of the key, after the time. */
  readonly dimensions: readonly string[];
}

/** Which spans, and whether of everything together, of single users, or by what most reports ask for. */
export type RollUpLevel = "quarter-total" | "quarter" | "day-total" | "day" | "user-day";

/** The key's columns of a level. */
export const levelDimensions: Readonly<Record<RollUpLevel, readonly string[]>> = {
  "quarter-total": [],
  quarter: ["feature", "team", "key_id", "model", "provider"],
  "day-total": [],
  day: ["feature", "team", "key_id", "model", "provider", "cohort", "status"],
  "user-day": ["user"],
};

/** True for levels by days of the configured zone. */
export function isDaily(level: RollUpLevel): boolean {
  return level !== "quarter" && level !== "quarter-total";
}

/** Name of the table of a level. */
export function rollUpTable(level: RollUpLevel, holds: RollUp["holds"]): string {
  return `${level.replace("-", "_")}_${holds}`;
}

const rollUpOf = (level: RollUpLevel, holds: RollUp["holds"]): RollUp => ({
  table: rollUpTable(level, holds),
  level,
  holds,
  dimensions:
    holds === "latency"
      ? ["provider", "model", "bucket"]
      : [...levelDimensions[level], ...(holds === "savings" ? ["technique", "method"] : [])],
});

/** Every table of sums. */
export const rollUps: readonly RollUp[] = [
  rollUpOf("quarter-total", "sums"),
  rollUpOf("quarter-total", "savings"),
  rollUpOf("quarter", "sums"),
  rollUpOf("quarter", "savings"),
  rollUpOf("quarter", "latency"),
  rollUpOf("day-total", "sums"),
  rollUpOf("day-total", "savings"),
  rollUpOf("day", "sums"),
  rollUpOf("day", "savings"),
  rollUpOf("day", "latency"),
  rollUpOf("user-day", "sums"),
  rollUpOf("user-day", "savings"),
];

/** Names of a table's summed columns. */
export function summedColumns(holds: RollUp["holds"]): readonly string[] {
  if (holds === "latency") return ["requests"];
  return (holds === "sums" ? allMeasures : techniqueMeasures).map((measure) => measure.name);
}

/** Columns of a table that tell the span: how many days, and its first moment. */
export function timeColumns(level: RollUpLevel): readonly string[] {
  return isDaily(level) ? ["days", "start_ms"] : ["start_ms"];
}

const integerKeys: readonly string[] = ["days", "start_ms", "status", "bucket"];

/** True for key columns that hold whole numbers; the others hold names. */
export function isIntegerKey(column: string): boolean {
  return integerKeys.includes(column);
}

function createTable({ table, level, holds, dimensions }: RollUp): string {
  const keyNames = [...timeColumns(level), ...dimensions];
  const keys = keyNames.map((name) => `"${name}" ${isIntegerKey(name) ? "INTEGER" : "TEXT"} NOT NULL`);
  const sums = summedColumns(holds).map((name) => `${name} INTEGER NOT NULL DEFAULT 0`);
  const key = keyNames.map((name) => `"${name}"`).join(", ");
  return `CREATE TABLE ${table} (${[...keys, ...sums].join(", ")}, PRIMARY KEY (${key})) STRICT, WITHOUT ROWID`;
}

/** Version 3 of the schema: sums of the rows. The rows of an older ledger are folded when the gateway has started. */
export const rollUpTables: readonly string[] = [
  ...rollUps.map(createTable),
  // Rows below `folded_below_id` are in the sums, save those in `late_rows`; quarters before `quarters_from_ms` are not kept.
  `CREATE TABLE roll_up_state (only INTEGER PRIMARY KEY CHECK (only = 1), folded_below_id INTEGER NOT NULL,
   quarters_from_ms INTEGER NOT NULL, days_from_ms INTEGER NOT NULL) STRICT`,
  `INSERT INTO roll_up_state VALUES (1, 0, 0, 0)`,
  // Rows written when the sums had passed their id already: their requests took long.
  `CREATE TABLE late_rows (id INTEGER PRIMARY KEY) STRICT`,
  // Longer spans whose sums are complete, by the number of their first day since 1970.
  `CREATE TABLE long_spans (days INTEGER NOT NULL, first_day INTEGER NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL,
   PRIMARY KEY (days, first_day)) STRICT, WITHOUT ROWID`,
  // Whose days the daily sums are of, from which moment on.
  `CREATE TABLE roll_up_zones (from_ms INTEGER PRIMARY KEY, zone TEXT NOT NULL) STRICT`,
];
