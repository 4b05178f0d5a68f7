import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type CellSums, type Group, quarterKey } from "./cell-sums.ts";
import type { RowKeys } from "./measure-row.ts";
import { isIntegerKey, type RollUp, type RollUpLevel, rollUps, summedColumns, timeColumns } from "./schema-roll-ups.ts";

/** Adds the sums of a cell to the roll-ups, inside a transaction. A start that is null: that span is not kept any more. */
export type CellWriter = (sums: CellSums, quarterStartMs: number | null, dayStartMs: number | null) => void;

type Key = string | number;
/** Adds a line to a table. */
type LineWriter = (key: readonly Key[], sums: Float64Array | readonly number[]) => void;

/** About 4 us a line and table. */
export function createCellWriter(database: DatabaseSync): CellWriter {
  const writers = new Map(rollUps.map((rollUp) => [rollUp.table, lineWriter(database, rollUp)]));
  const levels = Map.groupBy(rollUps, ({ level }) => level);
  const writeLevel = (level: RollUpLevel, time: readonly number[], cell: CellSums): void => {
    const groups = groupsOf(cell, level);
    for (const { table, holds, dimensions } of levels.get(level) ?? []) {
      const write = writers.get(table) as LineWriter;
      const keyOf = (keys: RowKeys): Key[] => [...time, ...dimensions.map((name) => keys[name as keyof RowKeys])];
      if (holds === "latency") for (const { keys, requests } of cell.latencies.values()) write(keyOf(keys), [requests]);
      else if (holds === "sums") for (const { keys, sums } of groups) write(keyOf(keys), sums);
      else writeSavings(write, time, dimensions, groups);
    }
  };
  return (sums, quarterStartMs, dayStartMs) => {
    if (quarterStartMs !== null) {
      for (const level of ["quarter-total", "quarter"] as const) writeLevel(level, [quarterStartMs], sums);
    }
    if (dayStartMs !== null) {
      for (const level of ["day-total", "day", "user-day"] as const) writeLevel(level, [1, dayStartMs], sums);
    }
  };
}

function groupsOf(cell: CellSums, level: RollUpLevel): readonly Group[] {
  if (level === "user-day") return [...cell.users.values()];
  if (level === "day") return [...cell.groups.values()];
  return cell.regroup(level === "quarter" ? quarterKey : () => "");
}

function writeSavings(
  write: LineWriter,
  time: readonly number[],
  dimensions: readonly string[],
  groups: readonly Group[],
): void {
  const names = dimensions.slice(0, -2) as (keyof RowKeys)[];
  for (const { keys, savings } of groups) {
    for (const { technique, method, sums } of savings.values()) {
      write([...time, ...names.map((name) => keys[name]), technique, method], sums);
    }
  }
}

/** Statements of one table kept at most; lines beyond them are written with all their columns. */
const statementsMax = 32;

/** Most lines leave most columns at zero, and each column that is named costs 0.2 us: a statement for each set of columns. */
function lineWriter(database: DatabaseSync, { table, level, holds, dimensions }: RollUp): LineWriter {
  const keys = [...timeColumns(level), ...dimensions];
  const names = summedColumns(holds);
  const all = names.map((_name, place) => place);
  const statements = new Map<number, StatementSync>();
  const prepare = (places: readonly number[]): StatementSync => {
    const columns = places.map((place) => names[place] as string);
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
  return (key, sums) => {
    let mask = 0;
    for (let place = 0; place < sums.length; place++) if (sums[place] !== 0) mask |= 1 << place;
    const full = 2 ** all.length - 1;
    // Sums that cancel out leave a line all the same.
    if (mask === 0 || (!statements.has(mask) && statements.size >= statementsMax)) mask = full;
    const places = mask === full ? all : all.filter((place) => ((mask >> place) & 1) === 1);
    let statement = statements.get(mask);
    if (statement === undefined) statements.set(mask, (statement = prepare(places)));
    statement.run(...key, ...places.map((place) => sums[place] as number));
  };
}
