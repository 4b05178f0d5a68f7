/*
 * Tables of the ledger. Every statement list is one step of the schema's version: a ledger at version n has run the first
 * n of them. A released step never changes; a change is a new step at the end.
 *
 * One request is one row with its first attempt inline: measured against two tables, that is a third less work a row.
 * Names of things are kept as text, so that the file can be read with any SQLite tool.
 */

import { outcomeTables } from "./outcomes/schema-outcomes.ts";
import { rollUpTables } from "./roll-ups/schema-roll-ups.ts";

/** Marks the file as ours ("FRTH"); `PRAGMA application_id`. */
export const applicationId = 0x46525448;

type Columns = readonly (readonly [name: string, type: string])[];

/** Columns of one call to a provider: inline in `requests` with the prefix `first_`, and in `later_attempts`. */
export const callColumns: Columns = [
  ["endpoint", "TEXT"],
  ["vendor", "TEXT"],
  ["model", "TEXT"],
  ["served_model", "TEXT"],
  ["outcome", "TEXT"],
  ["cost_pico_usd", "INTEGER"],
  ["input_tokens", "INTEGER"],
  ["cache_read_tokens", "INTEGER"],
  ["output_tokens", "INTEGER"],
  ["reasoning_tokens", "INTEGER"],
  // JSON object of the rarer token classes; null in most rows.
  ["other_tokens", "TEXT"],
];

/** Columns of a request, before those of its first attempt: what reports group, sum or filter by. */
export const requestColumns: Columns = [
  ["id", "INTEGER PRIMARY KEY"],
  ["arrived_at_ms", "INTEGER NOT NULL"],
  ["duration_us", "INTEGER NOT NULL"],
  ["first_byte_us", "INTEGER"],
  ["route", "TEXT NOT NULL"],
  ["key_id", "TEXT NOT NULL"],
  ["feature", "TEXT"],
  ["user", "TEXT"],
  ["team", "TEXT"],
  ["cohort", "TEXT"],
  ["session", "TEXT"],
  ["run", "TEXT"],
  ["step", "TEXT"],
  ["task", "TEXT"],
  ["prompt", "TEXT"],
  // JSON array of strings; null when there are none.
  ["tags", "TEXT"],
  ["requested_model", "TEXT NOT NULL"],
  ["status", "INTEGER NOT NULL"],
  ["outcome", "TEXT NOT NULL"],
  ["origin", "TEXT"],
  ["cache", "TEXT NOT NULL"],
  ["cost_state", "TEXT NOT NULL"],
  ["cost_pico_usd", "INTEGER"],
  ["baseline_state", "TEXT NOT NULL"],
  ["baseline_pico_usd", "INTEGER"],
  // JSON: [[technique, pico-dollars as a decimal string, method, alone off where it differs], ...]; null: nothing saved or lost.
  ["savings", "TEXT"],
  ["attempt_count", "INTEGER NOT NULL"],
];

/**
 * What is read for single requests only travels and lies as one JSON array, `detail`, the last column of `requests`: each
 * column costs every row 0.15 us. In order: dialect, flags (bit 0 streamed, bit 1 bypass), the client's retries, config
 * generation, price version, usage of the answer (null: that of the last attempt), the first call (null: none), journal
 * ([stage, decision, reason, pico-dollars, microseconds, note], trailing nulls left out).
 */
const detailColumn = `detail TEXT NOT NULL`;

/**
 * Elements of a call's own JSON array, which is `detail[6]` of a first attempt and the column `call` of a later one. Two more
 * follow where the usage has either, beyond the view `attempts`: units (an object) and region.
 */
export const callElements: readonly string[] = [
  "status",
  "usage_source",
  "cost_state",
  "started_at_ms",
  "duration_us",
  "first_byte_us",
  "provider_request_id",
  "provider_response_id",
  "finish_reason",
  "server_tools",
  "service_tier",
];

const columnList = (columns: Columns, prefix = ""): string =>
  columns.map(([name, type]) => `"${prefix}${name}" ${type}`).join(", ");

const viewOfCall = (prefix: string, json: string, path: string): string =>
  [
    ...callColumns.map(([name]) => `${prefix}${name} AS ${name}`),
    ...callElements.map((name, index) => `${json} ->> '${path}[${index}]' AS ${name}`),
  ].join(", ");

const immutable = (table: string, idColumn: string): readonly string[] => [
  `CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table}
   BEGIN SELECT RAISE(ABORT, 'ledger rows are immutable; write a correction'); END`,
  `CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} WHEN OLD.${idColumn} >= (SELECT before_id FROM retention)
   BEGIN SELECT RAISE(ABORT, 'ledger rows leave by retention only'); END`,
];

const version1: readonly string[] = [
  `CREATE TABLE requests (${columnList(requestColumns)}, ${columnList(callColumns, "first_")}, ${detailColumn}) STRICT`,
  `CREATE TABLE later_attempts (request_id INTEGER NOT NULL, attempt_index INTEGER NOT NULL, ${columnList(callColumns)},
   call TEXT NOT NULL, PRIMARY KEY (request_id, attempt_index)) STRICT, WITHOUT ROWID`,
  `CREATE VIEW attempts AS
   SELECT id AS request_id, 0 AS attempt_index, ${viewOfCall("first_", "detail", "$[6]")} FROM requests WHERE attempt_count > 0
   UNION ALL
   SELECT request_id, attempt_index, ${viewOfCall("", "call", "$")} FROM later_attempts`,
  // What became known after a row was written. request_id 0: about the ledger as a whole.
  `CREATE TABLE corrections (correction_id INTEGER PRIMARY KEY, request_id INTEGER NOT NULL, kind TEXT NOT NULL,
   at_ms INTEGER NOT NULL, detail TEXT) STRICT`,
  `CREATE INDEX corrections_by_request ON corrections (request_id)`,
  // Rows that the tables refuse (an id twice, an amount beyond 64 bits): kept as they came, never thrown away.
  `CREATE TABLE parked_rows (parked_id INTEGER PRIMARY KEY, request_id TEXT NOT NULL, at_ms INTEGER NOT NULL,
   reason TEXT NOT NULL, row TEXT NOT NULL) STRICT`,
  `CREATE TABLE retention (only INTEGER PRIMARY KEY CHECK (only = 1), before_id INTEGER NOT NULL) STRICT`,
  `INSERT INTO retention VALUES (1, 0)`,
  ...immutable("requests", "id"),
  ...immutable("later_attempts", "request_id"),
  ...immutable("corrections", "request_id"),
  `CREATE TRIGGER parked_rows_no_update BEFORE UPDATE ON parked_rows
   BEGIN SELECT RAISE(ABORT, 'ledger rows are immutable; write a correction'); END`,
];

/** Which config and which prices a call was made with: they stand in its request's detail, for all its calls. */
const settingsOfCall = (json: string): string =>
  `${json} ->> '$[3]' AS config_generation, ${json} ->> '$[4]' AS price_version`;

const version2: readonly string[] = [
  `DROP VIEW attempts`,
  `CREATE VIEW attempts AS
   SELECT id AS request_id, 0 AS attempt_index, ${viewOfCall("first_", "detail", "$[6]")}, ${settingsOfCall("detail")}
   FROM requests WHERE attempt_count > 0
   UNION ALL
   SELECT l.request_id, l.attempt_index, ${viewOfCall("l.", "l.call", "$")}, ${settingsOfCall("r.detail")}
   FROM later_attempts AS l LEFT JOIN requests AS r ON r.id = l.request_id`,
];

/** The steps from an empty file to the present schema. */
export const schemaSteps: readonly (readonly string[])[] = [version1, version2, rollUpTables, outcomeTables];
