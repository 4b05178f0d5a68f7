import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { createBodyReader } from "../../src/stores/sqlite/bodies/read-bodies.ts";
import { createSeededRandom } from "../../src/testing/seeded-random.ts";

const tables = ["records", "sealed_bodies", "data_keys", "marks", "master"] as const;

/** What came of editing a store of bodies. */
export interface EditCount {
  readonly made: number;
  /** Edits after which the chain was told to be whole. */
  readonly unseen: number;
}

/**
 * Edits a copy of a closed store, one thing at a time: a byte of a column, a row less, two rows in each other's place, a row
 * twice.
 */
export async function countUnseenEdits(
  directory: string,
  key: string,
  edits: number,
  seed: number,
): Promise<EditCount> {
  const random = createSeededRandom(seed);
  const folder = join(directory, "edited");
  let unseen = 0;
  let made = 0;
  for (let attempt = 0; made < edits && attempt < edits * 3; attempt++) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const name of ["bodies.sqlite", "bodies.head"]) copyFileSync(join(directory, name), join(folder, name));
    if (!editOnce(folder, random)) continue;
    made += 1;
    const report = await createBodyReader(folder, key)
      .verify()
      .catch(() => null);
    if (report !== null && report.brokenAt === null) unseen += 1;
  }
  return { made, unseen };
}

/** @returns whether anything was changed. */
function editOnce(folder: string, random: () => number): boolean {
  const database = new DatabaseSync(join(folder, "bodies.sqlite"), { readBigInts: true });
  const pick = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  try {
    const table = pick(tables);
    const row = rowOf(database, table, random);
    const [keyColumn = ""] = Object.keys(row);
    const key = row[keyColumn] as SQLInputValue;
    const kind = pick(["byte", "byte", "byte", "delete", "swap", "repeat"]);
    if (kind === "delete") return changes(database, `DELETE FROM ${table} WHERE ${keyColumn} = ?`, key);
    if (kind === "repeat") return repeatRow(database, table, row, keyColumn, random);
    if (kind === "swap") {
      const other = rowOf(database, table, random)[keyColumn] as SQLInputValue;
      return swapRows(database, table, keyColumn, key, other);
    }
    const column = pick(Object.keys(row).filter((name) => name !== "only_row"));
    const value = otherValue(row[column], random);
    return changes(database, `UPDATE OR REPLACE ${table} SET ${column} = ? WHERE ${keyColumn} = ?`, value, key);
  } finally {
    database.close();
  }
}

function rowOf(database: DatabaseSync, table: string, random: () => number): Record<string, unknown> {
  const count = Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"] ?? 0);
  const row = database.prepare(`SELECT * FROM ${table} LIMIT 1 OFFSET ?`).get(Math.floor(random() * count));
  if (row === undefined) throw new Error(`the table ${table} is empty`);
  return row;
}

function changes(database: DatabaseSync, statement: string, ...values: SQLInputValue[]): boolean {
  return database.prepare(statement).run(...values).changes > 0n;
}

function repeatRow(
  database: DatabaseSync,
  table: string,
  row: Record<string, unknown>,
  keyColumn: string,
  random: () => number,
): boolean {
  if (typeof row[keyColumn] !== "bigint" || table === "master") return false;
  const values = { ...row, [keyColumn]: BigInt(1_000_000 + Math.floor(random() * 1_000)) };
  if (table === "data_keys") Object.assign(values, { end_user: `someone ${random()}` });
  const places = Object.keys(values)
    .map(() => "?")
    .join(", ");
  return changes(database, `INSERT INTO ${table} VALUES (${places})`, ...(Object.values(values) as SQLInputValue[]));
}

function swapRows(
  database: DatabaseSync,
  table: string,
  keyColumn: string,
  left: SQLInputValue,
  right: SQLInputValue,
): boolean {
  if (left === right || (table !== "records" && table !== "sealed_bodies")) return false;
  for (const [from, to] of [
    [left, -1n],
    [right, left],
    [-1n, right],
  ] as const)
    database.prepare(`UPDATE ${table} SET ${keyColumn} = ? WHERE ${keyColumn} = ?`).run(to, from);
  return true;
}

/** One byte, character or bit of it changed. */
function otherValue(value: unknown, random: () => number): SQLInputValue {
  if (value instanceof Uint8Array) {
    const copy = Uint8Array.from(value);
    const index = Math.floor(random() * copy.length);
    copy[index] = (copy[index] ?? 0) ^ (1 << Math.floor(random() * 8));
    return copy;
  }
  if (typeof value === "bigint") return value ^ (1n << BigInt(Math.floor(random() * 40)));
  if (typeof value === "string") return `${value}~`;
  return 1n;
}
