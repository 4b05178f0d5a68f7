import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { privateFile, type Synchronous } from "../data-directory.ts";
import { migrate, schemaVersionOf } from "../migrate.ts";
import { type ChainMark, chainStart, hex, sealOf } from "./body-chain.ts";
import { readHead, writeHead } from "./body-head.ts";
import { deriveMasterKey, type MasterKey, sameBytes } from "./body-keys.ts";
import { bodyDatabaseFile, bodySchemaSteps } from "./body-schema.ts";

/** An opened file with the master key that fits it. */
export interface BodyFile {
  readonly database: DatabaseSync;
  readonly master: MasterKey;
}

/** Longest wait for other processes: they append, delete a user or empty the log, all of it short. */
const lockWaitMs = 2_000;

/**
 * Opens `bodies.sqlite` (0600) for writing in a directory (created 0700), next to other processes. A new file gets its
 * salt, its marks and the file of its head.
 * @throws FarthingError `config_invalid` when the key is not the file's, its end was cut off, or the file is none of ours.
 */
export function openBodyFile(directory: string, secret: string, synchronous: Synchronous = "FULL"): BodyFile {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(privateFile(join(directory, bodyDatabaseFile.name)), {
    readBigInts: true,
    timeout: lockWaitMs,
  });
  try {
    // secure_delete: what is deleted is overwritten in the file.
    database.exec(
      `PRAGMA journal_mode=WAL; PRAGMA synchronous=${synchronous}; PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF`,
    );
    migrate(database, directory, bodySchemaSteps, bodyDatabaseFile);
    const master = masterOf(database, secret, true);
    checkEnd(database, directory, master);
    return { database, master };
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens the file for reading, while a writer runs or without one. Null when there is none yet.
 * @throws FarthingError `config_invalid` as `openBodyFile`, but a chain that was cut off is opened: its reader says so.
 */
export function openBodyFileForReading(directory: string, secret: string): BodyFile | null {
  const file = join(directory, bodyDatabaseFile.name);
  if (!existsSync(file)) return null;
  const database = new DatabaseSync(file, { readOnly: true, readBigInts: true, timeout: lockWaitMs });
  try {
    schemaVersionOf(database, directory, "reader", bodySchemaSteps, bodyDatabaseFile);
    return { database, master: masterOf(database, secret, false) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @throws FarthingError `config_invalid` when the file was made with another key. */
function masterOf(database: DatabaseSync, secret: string, maySetUp: boolean): MasterKey {
  const find = database.prepare("SELECT salt, proof FROM master");
  let row = find.get();
  if (row === undefined && maySetUp) {
    setUp(database, deriveMasterKey(secret));
    row = find.get();
  }
  const salt = row?.["salt"];
  const proof = row?.["proof"];
  if (!(salt instanceof Uint8Array) || !(proof instanceof Uint8Array))
    throw refusal("has no key that it was made with");
  const master = deriveMasterKey(secret, salt);
  if (sameBytes(proof, master.proof)) return master;
  throw refusal(
    "was made with another key. Give bodies.key the one it was made with; farthing bodies rewrap changes it",
  );
}

/** Two processes may open a new file at once: the second finds the first one's rows. */
function setUp(database: DatabaseSync, master: MasterKey): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    const isNew =
      database.prepare("SELECT 1 FROM master").get() === undefined &&
      database.prepare("SELECT 1 FROM records LIMIT 1").get() === undefined;
    if (isNew) {
      database.prepare("INSERT INTO master VALUES (1, ?, ?)").run(master.salt, master.proof);
      for (const name of ["base", "head"] as const) writeMark(database, master, name, chainStart);
    }
    database.exec("COMMIT");
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/** Puts a mark where it is now, under its seal. */
export function writeMark(database: DatabaseSync, master: MasterKey, name: "base" | "head", mark: ChainMark): void {
  database
    .prepare("INSERT OR REPLACE INTO marks VALUES (?, ?, ?, ?)")
    .run(name, mark.position, mark.line, sealOf(master, name, mark));
}

/** A mark; a word on what is wrong where it is missing or its seal is not ours. */
export function readMark(database: DatabaseSync, master: MasterKey, name: "base" | "head"): ChainMark | string {
  const row = database.prepare("SELECT position, line, seal FROM marks WHERE name = ?").get(name);
  if (row === undefined) return `the mark ${name} is missing`;
  const mark: ChainMark = { position: row["position"] as bigint, line: row["line"] as Uint8Array };
  const isOurs = sameBytes(row["seal"] as Uint8Array, sealOf(master, name, mark));
  return isOurs ? mark : `the mark ${name} was edited`;
}

/** What is wrong with the chain's end, as its marks and the head's file tell; null: nothing. */
export function brokenEnd(database: DatabaseSync, filed: ChainMark | string, master: MasterKey): string | null {
  const base = readMark(database, master, "base");
  const head = readMark(database, master, "head");
  for (const mark of [base, head, filed]) if (typeof mark === "string") return mark;
  if (typeof base === "string" || typeof head === "string" || typeof filed === "string") return null;
  const lineAt = (position: bigint): string | null => {
    if (position === base.position) return hex(base.line);
    const row = database.prepare("SELECT line FROM records WHERE position = ?").get(position);
    return row === undefined ? null : hex(row["line"] as Uint8Array);
  };
  if (lineAt(head.position) !== hex(head.line)) return "the newest records are missing or edited";
  // Retention may have taken the record that the file names.
  const isPast = filed.position < base.position;
  if (!isPast && lineAt(filed.position) !== hex(filed.line)) return "the newest records were cut off or set back";
  return null;
}

/** @throws FarthingError `config_invalid`: going on would hide what was done to the file. */
function checkEnd(database: DatabaseSync, directory: string, master: MasterKey): void {
  // In this order: what others append in between makes the file older, never newer.
  const filed = readHead(directory, master);
  database.exec("BEGIN");
  const isEmpty = database.prepare("SELECT 1 FROM records LIMIT 1").get() === undefined;
  const base = readMark(database, master, "base");
  const head = readMark(database, master, "head");
  const broken = brokenEnd(database, filed, master);
  database.exec("ROLLBACK");
  if (broken === null) return;
  const isNew = [base, head].every((mark) => typeof mark !== "string" && mark.position === 0n);
  if (isEmpty && isNew && typeof filed === "string") {
    writeHead(directory, [master], chainStart);
    return;
  }
  throw refusal(
    `does not fit its end (${broken}). Restore bodies.sqlite and bodies.head together, or move both away as evidence; then a new chain begins`,
  );
}

function refusal(what: string): FarthingError {
  return new FarthingError("config_invalid", `The store of bodies (${bodyDatabaseFile.name}) ${what}.`);
}
