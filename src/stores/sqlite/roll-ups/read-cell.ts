import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { arrivalOf } from "../../../kit/request-id.ts";
import { CellSums } from "./cell-sums.ts";
import { quarterMs } from "./report-dimensions.ts";
import { callColumns, requestColumns } from "../schema.ts";
import type { WireRow } from "../ledger/wire-row.ts";

/** Sums up rows that lie in the tables: ids from `fromId` up to but without `toId`, of `late_rows` or all. About 8 us a row. */
export type CellReader = (fromId: bigint, toId: bigint, late: boolean) => CellsRead;

/** Sums by start of the quarter of an hour, milliseconds. */
type CellsRead = ReadonlyMap<number, CellSums>;

/** @param database the writer's connection. */
export function createCellReader(database: DatabaseSync): CellReader {
  const columns = [
    ...requestColumns.map(([name]) => columnSql("r", name)),
    ...callColumns.map(([name]) => columnSql("r", `first_${name}`)),
  ].join(", ");
  const later = ["request_id", "attempt_index", ...callColumns.map(([name]) => name)]
    .map((name) => columnSql("l", name))
    .join(", ");
  const prepare = (condition: string): ((fromId: bigint, toId: bigint) => CellsRead) => {
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
      const cells = new Map<number, CellSums>();
      for (const row of asRows(rows.iterate(fromId, toId))) {
        const id = row[0] as string;
        const quarterStartMs = Math.floor(arrivalOf(BigInt(id)) / quarterMs) * quarterMs;
        let sums = cells.get(quarterStartMs);
        if (sums === undefined) cells.set(quarterStartMs, (sums = new CellSums()));
        sums.add({ row, later: byRow.get(id) ?? null });
      }
      return cells;
    };
  };
  const ofAll = prepare("r.id >= ? AND r.id < ?");
  const ofLate = prepare("r.id IN (SELECT id FROM late_rows WHERE id >= ? AND id < ?)");
  return (fromId, toId, late) => (late ? ofLate : ofAll)(fromId, toId);
}

/** Ids and amounts may be beyond what a number holds exactly; they are read as digits, as they travel. */
function columnSql(table: string, name: string): string {
  const column = `${table}."${name}"`;
  return name === "id" || name.endsWith("_id") || name.endsWith("_pico_usd") ? `CAST(${column} AS TEXT)` : column;
}

/** With `setReturnArrays` rows are arrays, which the declarations of node:sqlite do not know. */
function asRows(rows: Iterable<Record<string, SQLOutputValue>>): Iterable<WireRow> {
  return rows as unknown as Iterable<WireRow>;
}
