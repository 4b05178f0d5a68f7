import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FarthingError } from "../../kit/farthing-error.ts";
import { migrate, schemaVersionOf } from "./migrate.ts";
import { latencyBucketFunction, latencyBucketOf } from "./roll-ups/row-measures.ts";

/** Path of the ledger's database in a data directory. */
export function ledgerFile(directory: string): string {
  return join(directory, "ledger.sqlite");
}

/**
 * Creates the directory (0700; one that exists keeps its mode) and takes the only right to write in it. The right is a
 * lock of the operating system on `ledger.lock`, held through SQLite: it ends with the process, however that dies.
 * @returns the held lock; close it to give the right back.
 * @throws FarthingError `config_invalid` when another process, or this one, holds it.
 */
export function lockDirectory(directory: string): DatabaseSync {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = privateFile(join(directory, "ledger.lock"));
  const holderFile = join(directory, "ledger.pid");
  const lock = new DatabaseSync(file);
  try {
    lock.exec("PRAGMA journal_mode=MEMORY; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    const holder = existsSync(holderFile) ? readFileSync(holderFile, "utf8").trim() : "unknown";
    throw new FarthingError(
      "config_invalid",
      `Another Farthing (process ${holder}) writes the ledger in ${directory}. Stop it, or give this one a data directory of its own (FARTHING_DATA_DIR).`,
      { cause: error },
    );
  }
  writeFileSync(privateFile(holderFile), `${process.pid}\n`);
  return lock;
}

/** How hard the ledger's database syncs; anything but `FULL` is for tests that must see a sync missing. */
export type Synchronous = "FULL" | "NORMAL" | "OFF";

/**
 * Opens the database for its one writer, creates or migrates the schema.
 * @throws FarthingError `config_invalid` when the file is newer than this version, or not a ledger.
 */
export function openForWriting(directory: string, synchronous: Synchronous): DatabaseSync {
  const database = new DatabaseSync(privateFile(ledgerFile(directory)), { readBigInts: true, timeout: 100 });
  // Checkpoints copy pages back and sync twice: rare, so that few commits wait for one. 16,384 pages are 64 MiB of log.
  database.exec(
    `PRAGMA journal_mode=WAL; PRAGMA synchronous=${synchronous}; PRAGMA wal_autocheckpoint=16384;
     PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF`,
  );
  migrate(database, directory);
  addFunctions(database);
  return database;
}

/**
 * Opens the database for reading; works while a writer runs and when none does.
 * @throws FarthingError `not_found` without a ledger, `config_invalid` when its schema is another version's.
 */
export function openForReading(directory: string): DatabaseSync {
  const file = ledgerFile(directory);
  if (!existsSync(file)) {
    throw new FarthingError(
      "not_found",
      `No ledger in ${directory} yet. Start the gateway once, or name the right data directory (FARTHING_DATA_DIR).`,
    );
  }
  const database = new DatabaseSync(file, { readOnly: true, readBigInts: true, timeout: 5_000 });
  try {
    schemaVersionOf(database, directory, "reader");
  } catch (error) {
    database.close();
    throw error;
  }
  addFunctions(database);
  return database;
}

function addFunctions(database: DatabaseSync): void {
  database.function(latencyBucketFunction, { deterministic: true }, (durationUs) =>
    latencyBucketOf(Number(durationUs)),
  );
}

/** Makes sure that the file exists with mode 0600. The log and index files that SQLite puts beside it inherit the mode. */
export function privateFile(file: string): string {
  // A file that exists is not opened: closing it would end the locks that this process holds on it (POSIX).
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  chmodSync(file, 0o600);
  return file;
}
