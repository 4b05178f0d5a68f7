import type { DatabaseSync, StatementSync } from "node:sqlite";
import { arrivalOf } from "../../kit/request-id.ts";
import { idAt } from "./coverage.ts";
import { keyColumnSql, quarterMs } from "./report-dimensions.ts";
import { dayStartOf, readRollUpState } from "./roll-up-state.ts";
import { allMeasures, latencyBucketSql, techniqueMeasures } from "./row-measures.ts";
import { levelDimensions, type RollUp, rollUps, summedColumns } from "./schema-roll-ups.ts";

/** Adds rows to the roll-ups, a slice a transaction. */
export interface Fold {
  /**
   * Folds the next slice: rows that came late first, then the oldest that are not folded, all of one quarter of an hour.
   * @param beforeId rows from this id on stay as they are.
   * @returns how many rows; 0 when there is none left below `beforeId`.
   * @throws the storage's error; then nothing has changed.
   */
  next(beforeId: bigint): number;
  /** Rows below this id are folded or in `late_rows`. */
  readonly foldedBelowId: bigint;
}

/** Rows of one transaction beside a gateway's traffic: some 20 ms, the longest that a batch can wait for it. */
const sliceRowsBeside = 1_000;
/** Rows of one transaction where nobody waits: groups that come often in it are written once. */
export const sliceRowsAlone = 20_000;

/** Key columns of all tables together, of which each groups by its own. */
const keyColumns = [...new Set([...levelDimensions.day, ...levelDimensions["user-day"]])];
const measureNames = allMeasures.map((measure) => measure.name);
const techniqueNames = techniqueMeasures.map((measure) => measure.name);

interface Slice {
  readonly quarterStartMs: number;
  readonly rows: number;
  readonly fromId: bigint;
  /** Up to but without this id. */
  readonly toId: bigint;
  readonly late: boolean;
}

/**
 * @param database the writer's connection; `temp_store` must be in memory.
 * @param sliceRows rows of one transaction at most.
 */
export function createFold(database: DatabaseSync, sliceRows: number = sliceRowsBeside): Fold {
  createStage(database);
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const stages = { rows: stageStatements(database, false), late: stageStatements(database, true) };
  const additions = rollUps.map((rollUp) => ({ rollUp, statement: additionStatement(database, rollUp) }));
  const clear = [database.prepare("DELETE FROM fold_rows"), database.prepare("DELETE FROM fold_savings")];
  const forget = database.prepare("DELETE FROM late_rows WHERE id >= ? AND id < ?");
  const advance = database.prepare("UPDATE roll_up_state SET folded_below_id = ?");
  const nextSlice = sliceFinder(database, sliceRows);
  let foldedBelowId = readRollUpState(database).foldedBelowId;

  const add = (slice: Slice): void => {
    const { quarterStartMs, fromId, toId, late } = slice;
    for (const statement of late ? stages.late : stages.rows) statement.run(fromId, toId);
    const { zones, quartersFromMs, daysFromMs } = readRollUpState(database);
    const dayStartMs = dayStartOf(zones, quarterStartMs);
    for (const { rollUp, statement } of additions) {
      if (rollUp.level === "quarter") {
        if (quarterStartMs >= quartersFromMs) statement.run(quarterStartMs);
      } else if (dayStartMs >= daysFromMs) statement.run(dayStartMs);
    }
    for (const statement of clear) statement.run();
    if (late) forget.run(fromId, toId);
    else advance.run(toId);
  };
  return {
    get foldedBelowId() {
      return foldedBelowId;
    },
    next(beforeId) {
      const slice = nextSlice(foldedBelowId, beforeId);
      if (slice === null) return 0;
      begin.run();
      try {
        add(slice);
        commit.run();
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        throw error;
      }
      if (!slice.late) foldedBelowId = slice.toId;
      return slice.rows;
    },
  };
}

/** Finds slices; the connection is the only one that writes, so what it reads stays true until it folds. */
function sliceFinder(
  database: DatabaseSync,
  sliceRows: number,
): (foldedBelowId: bigint, beforeId: bigint) => Slice | null {
  const find = (table: string): ((fromId: bigint, beforeId: bigint) => Slice | null) => {
    const first = database.prepare(`SELECT min(id) AS id FROM ${table} WHERE id >= ? AND id < ?`);
    const end = database.prepare(
      `SELECT max(id) AS last, count(*) AS rows FROM (SELECT id FROM ${table} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)`,
    );
    return (fromId, beforeId) => {
      const firstId = first.get(fromId, beforeId)?.["id"];
      if (typeof firstId !== "bigint") return null;
      const quarterStartMs = Math.floor(arrivalOf(firstId) / quarterMs) * quarterMs;
      const quarterEndId = idAt(quarterStartMs + quarterMs);
      const endId = quarterEndId < beforeId ? quarterEndId : beforeId;
      const found = end.get(firstId, endId, sliceRows);
      const rows = Number(found?.["rows"]);
      const toId = rows < sliceRows ? endId : (found?.["last"] as bigint) + 1n;
      return { quarterStartMs, rows, fromId: firstId, toId, late: table === "late_rows" };
    };
  };
  const late = find("late_rows");
  const rows = find("requests");
  return (foldedBelowId, beforeId) => late(0n, foldedBelowId) ?? rows(foldedBelowId, beforeId);
}

/** Rows of a slice are read once, with what each adds to every sum; the tables group these. */
function createStage(database: DatabaseSync): void {
  const keys = keyColumns.map((name) => `"${name}"`).join(", ");
  database.exec(
    `CREATE TEMP TABLE IF NOT EXISTS fold_rows (${keys}, bucket, ${measureNames.join(", ")});
     CREATE TEMP TABLE IF NOT EXISTS fold_savings (${keys}, technique, method, ${techniqueNames.join(", ")});
     DELETE FROM fold_rows; DELETE FROM fold_savings`,
  );
}

function stageStatements(database: DatabaseSync, late: boolean): readonly StatementSync[] {
  const keys = keyColumns.map(keyColumnSql).join(", ");
  const measures = allMeasures.map((measure) => measure.sql).join(", ");
  const saved = techniqueMeasures.map((measure) => measure.sql).join(", ");
  const ids = late ? "r.id IN (SELECT id FROM late_rows WHERE id >= ? AND id < ?)" : "r.id >= ? AND r.id < ?";
  return [
    database.prepare(
      `INSERT INTO fold_rows SELECT ${keys}, ${latencyBucketSql}, ${measures} FROM requests AS r WHERE ${ids}`,
    ),
    database.prepare(
      `INSERT INTO fold_savings SELECT ${keys}, s.value ->> '$[0]', s.value ->> '$[2]', ${saved}
       FROM requests AS r JOIN json_each(r.savings) AS s WHERE r.savings IS NOT NULL AND ${ids}`,
    ),
  ];
}

function additionStatement(database: DatabaseSync, { table, holds, dimensions }: RollUp): StatementSync {
  const keys = dimensions.map((name) => `"${name}"`).join(", ");
  const names = summedColumns(holds);
  const sums = names.map((name) => `sum(${name})`).join(", ");
  const additions = names.map((name) => `${name} = ${name} + excluded.${name}`).join(", ");
  const stage = holds === "savings" ? "fold_savings" : "fold_rows";
  return database.prepare(
    `INSERT INTO ${table} SELECT ?, ${keys}, ${sums} FROM ${stage} WHERE true GROUP BY ${keys}
     ON CONFLICT DO UPDATE SET ${additions}`,
  );
}
