import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { CellSums } from "./cell-sums.ts";
import { callColumns, requestColumns } from "./schema.ts";
import type { WireRow } from "./wire-row.ts";

/** Sums up rows that lie in the tables: ids from `fromId` up to but without `toId`, of `late_rows` or all. About 8 us a row. */
export type CellReader = (fromId: bigint, toId: bigint, late: boolean) => CellSums;

/** Columns whose values may be beyond what a number holds exactly; they are read as digits, as they travel. */
const wide: ReadonlySet<string> = new Set(["id", "cost_pico_usd", "baseline_pico_usd"]);

/** @param database the writer's connection. */
export function createCellReader(database: DatabaseSync): CellReader {
  const columns = [
    ...requestColumns.map(([name]) => columnSql("r", name)),
    ...callColumns.map(([name]) => columnSql("r", `first_${name}`)),
  ].join(", ");
  const later = ["request_id", "attempt_index", ...callColumns.map(([name]) => name)]
    .map((name) => columnSql("l", name))
    .join(", ");
  const prepare = (condition: string): ((fromId: bigint, toId: bigint) => CellSums) => {
    const rows = database.prepare(`SELECT ${columns} FROM requests AS r WHERE ${condition}`);
    const attempts = database.prepare(
      `SELECT ${later} FROM requests AS r JOIN later_attempts AS l ON l.request_id = r.id WHERE r.attempt_count > 1 AND ${condition}`,
    );
    for (const statement of [rows, attempts]) {
      statement.setReadBigInts(false);
      statement.setReturnArrays(true);
    }
    return (fromId, toId) => {
      const byRow = Map.groupBy(asRows(attempts.all(fromId, toId)), ([id]) => id as string);
      const sums = new CellSums();
      for (const row of asRows(rows.iterate(fromId, toId)))
        sums.add({ row, later: byRow.get(row[0] as string) ?? null });
      return sums;
    };
  };
  const ofAll = prepare("r.id >= ? AND r.id < ?");
  const ofLate = prepare("r.id IN (SELECT id FROM late_rows WHERE id >= ? AND id < ?)");
  return (fromId, toId, late) => (late ? ofLate : ofAll)(fromId, toId);
}

function columnSql(table: string, name: string): string {
  const column = `${table}."${name}"`;
  return wide.has(name) || name.endsWith("_id") ? `CAST(${column} AS TEXT)` : column;
}

/** With `setReturnArrays` rows are arrays, which the declarations of node:sqlite do not know. */
function asRows(rows: Iterable<Record<string, SQLOutputValue>>): Iterable<WireRow> {
  return rows as unknown as Iterable<WireRow>;
}
