import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type CellSums, type Group, quarterKey } from "./cell-sums.ts";
import type { RowKeys } from "./measure-row.ts";
import { isIntegerKey, type RollUp, type RollUpLevel, rollUps, summedColumns, timeColumns } from "./schema-roll-ups.ts";

/** Adds the sums of rows to the roll-ups, inside a transaction. */
export interface CellWriter {
  /** All of the rows are of the quarter of an hour that starts there. */
  quarter(sums: CellSums, startMs: number): void;
  /** All of them are of this day. */
  day(sums: CellSums, startMs: number): void;
}

/** Adds a line to a table: its key, and what is added to its columns. */
type LineWriter = (key: readonly (string | number)[], sums: Float64Array | readonly number[]) => void;

/** Tables of a level, with what writes their lines. */
interface Table extends RollUp {
  readonly write: LineWriter;
  readonly keys: readonly (keyof RowKeys)[];
}

/** About 4 us a line and table. */
export function createCellWriter(database: DatabaseSync): CellWriter {
  const tables = rollUps.map((rollUp): Table => {
    const dimensions = rollUp.holds === "savings" ? rollUp.dimensions.slice(0, -2) : rollUp.dimensions;
    return { ...rollUp, write: lineWriter(database, rollUp), keys: dimensions as readonly (keyof RowKeys)[] };
  });
  const levels = Map.groupBy(tables, ({ level }) => level);
  const writeLevel = (level: RollUpLevel, time: readonly number[], cell: CellSums): void => {
    const groups = groupsOf(cell, level);
    for (const table of levels.get(level) ?? []) {
      if (table.holds === "latency") writeLatency(table, time, cell);
      else if (table.holds === "sums") for (const { keys, sums } of groups) table.write(keyOf(table, time, keys), sums);
      else writeSavings(table, time, groups);
    }
  };
  return {
    quarter(sums, startMs) {
      for (const level of ["quarter-total", "quarter"] as const) writeLevel(level, [startMs], sums);
    },
    day(sums, startMs) {
      for (const level of ["day-total", "day", "user-day"] as const) writeLevel(level, [1, startMs], sums);
    },
  };
}

function keyOf(table: Table, time: readonly number[], keys: RowKeys): (string | number)[] {
  const key: (string | number)[] = [...time];
  for (const name of table.keys) key.push(keys[name]);
  return key;
}

function groupsOf(cell: CellSums, level: RollUpLevel): readonly Group[] {
  if (level === "user-day") return [...cell.users.values()];
  if (level === "day") return [...cell.groups.values()];
  return cell.regroup(level === "quarter" ? quarterKey : () => "");
}

function writeLatency(table: Table, time: readonly number[], cell: CellSums): void {
  for (const { keys, buckets } of cell.regroup(({ provider, model }) => `${provider.length}:${provider}${model}`)) {
    for (const [bucket, requests] of buckets ?? []) {
      table.write([...time, keys.provider, keys.model, bucket], [requests]);
    }
  }
}

function writeSavings(table: Table, time: readonly number[], groups: readonly Group[]): void {
  for (const { keys, savings } of groups) {
    for (const { technique, method, amounts } of savings) {
      const key = keyOf(table, time, keys);
      key.push(technique, method);
      table.write(key, amounts);
    }
  }
}

/** Statements of one table kept at most; lines beyond them are written with all their columns. */
const statementsMax = 32;

/** Most lines leave most columns at zero, and each column that is named costs 0.2 us: a statement for each set of columns. */
function lineWriter(database: DatabaseSync, { table, level, holds, dimensions }: RollUp): LineWriter {
  const keys = [...timeColumns(level), ...dimensions];
  const names = summedColumns(holds);
  const statements = new Map<number, StatementSync>();
  const prepare = (columns: readonly string[]): StatementSync => {
    const values = [
      ...keys.map((name) => (isIntegerKey(name) ? "CAST(? AS INTEGER)" : "?")),
      // Numbers arrive as floating point, exact; a sum with one of them would not be.
      ...columns.map(() => "CAST(? AS INTEGER)"),
    ];
    return database.prepare(
      `INSERT INTO ${table} (${[...keys, ...columns].map((name) => `"${name}"`).join(", ")}) VALUES (${values.join(", ")})
       ON CONFLICT DO UPDATE SET ${columns.map((name) => `${name} = ${name} + excluded.${name}`).join(", ")}`,
    );
  };
  const full = 2 ** names.length - 1;
  return (key, sums) => {
    const parameters: (string | number)[] = [...key];
    let mask = 0;
    for (let place = 0; place < names.length; place++) {
      const sum = sums[place] as number;
      if (sum === 0) continue;
      mask |= 1 << place;
      parameters.push(sum);
    }
    let statement = statements.get(mask);
    // Sums that cancel out leave a line all the same.
    if (statement === undefined && (mask === 0 || statements.size >= statementsMax)) {
      mask = full;
      statement = statements.get(full);
      parameters.splice(key.length, names.length, ...sums);
    }
    if (statement === undefined) {
      statement = prepare(names.filter((_name, place) => ((mask >> place) & 1) === 1));
      statements.set(mask, statement);
    }
    statement.get(...parameters);
  };
}
