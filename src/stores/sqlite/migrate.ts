import type { DatabaseSync } from "node:sqlite";
import { FarthingError } from "../../kit/farthing-error.ts";
import { applicationId, schemaSteps } from "./schema.ts";

/** Statement lists, one for each version of the schema. */
export type SchemaSteps = readonly (readonly string[])[];

/** Which of our database files one is: its name, what it is called in messages, and the mark that tells it from foreign ones. */
export interface DatabaseFile {
  readonly name: string;
  readonly noun: string;
  readonly applicationId: number;
}

const ledgerDatabase: DatabaseFile = { name: "ledger.sqlite", noun: "ledger", applicationId };

/**
 * Brings a database to the newest schema, all steps in one transaction: a process that dies in between leaves the old one.
 * @throws FarthingError `config_invalid` when the file is newer than `steps`, or not a ledger.
 */
export function migrate(
  database: DatabaseSync,
  directory: string,
  steps: SchemaSteps = schemaSteps,
  file: DatabaseFile = ledgerDatabase,
): void {
  if (schemaVersionOf(database, directory, "writer", steps, file) === steps.length) return;
  database.exec("BEGIN EXCLUSIVE");
  try {
    // Read again: where several processes open one file, another may have been first.
    const version = schemaVersionOf(database, directory, "writer", steps, file);
    for (const statements of steps.slice(version)) for (const statement of statements) database.exec(statement);
    database.exec(`PRAGMA application_id=${file.applicationId}; PRAGMA user_version=${steps.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

/**
 * Version of the schema in a file; 0 for an empty one.
 * @param role a `writer` may meet an older file (it migrates), a `reader` may not.
 * @throws FarthingError `config_invalid` when the file cannot be used as it is; the message says what to do.
 */
export function schemaVersionOf(
  database: DatabaseSync,
  directory: string,
  role: "reader" | "writer",
  steps: SchemaSteps = schemaSteps,
  { name, noun, applicationId: mark }: DatabaseFile = ledgerDatabase,
): number {
  // In this order: another process that creates the tables in between is seen whole or not at all.
  const empty = Number(database.prepare("SELECT count(*) AS n FROM sqlite_master").get()?.["n"] ?? 0) === 0;
  const version = pragma(database, "user_version");
  if (!empty && (pragma(database, "application_id") !== mark || version === 0)) {
    throw refusal(
      `${name} in ${directory} is not a Farthing ${noun}. Move it away, or name another data directory (FARTHING_DATA_DIR).`,
    );
  }
  if (version > steps.length) {
    throw refusal(
      `The ${noun} in ${directory} was written by a newer Farthing (schema ${version}, this one knows ${steps.length}). Update Farthing, or name another data directory (FARTHING_DATA_DIR).`,
    );
  }
  if (role === "reader" && version < steps.length) {
    throw refusal(
      `The ${noun} in ${directory} has the older schema ${version} (this Farthing writes ${steps.length}). Start the gateway once: it migrates the ${noun}.`,
    );
  }
  return version;
}

function pragma(database: DatabaseSync, name: "user_version" | "application_id"): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

function refusal(message: string): FarthingError {
  return new FarthingError("config_invalid", message);
}
