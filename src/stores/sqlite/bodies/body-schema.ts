import type { DatabaseFile, SchemaSteps } from "../migrate.ts";

/** The database of full requests and replies; "FRBD". */
export const bodyDatabaseFile: DatabaseFile = {
  name: "bodies.sqlite",
  noun: "store of bodies",
  applicationId: 0x46524244,
};

/** File beside it with the chain's head as it was a second ago: cutting off the chain's end shows there. */
export const bodyHeadFile = "bodies.head";

/**
 * The steps from an empty file to the present schema; a released step never changes. What each column is for and what holds
 * of them is in docs/specs/body-store.md.
 */
export const bodySchemaSteps: SchemaSteps = [
  [
    // `part` is request, reply or erasure; `data_key` the position of the record that its key was made for, and of an
    // erasure the key that was destroyed. `line` is the digest of this line and of all before it.
    `CREATE TABLE records (position INTEGER PRIMARY KEY, id INTEGER NOT NULL, part TEXT NOT NULL, owner TEXT NOT NULL,
     data_key INTEGER NOT NULL, route TEXT NOT NULL, dialect TEXT NOT NULL, called TEXT NOT NULL, at_ms INTEGER NOT NULL, status INTEGER,
     complete INTEGER, sealed_digest BLOB NOT NULL, line BLOB NOT NULL) STRICT`,
    `CREATE INDEX records_by_id ON records (id)`,
    `CREATE INDEX records_by_key ON records (data_key)`,
    // Apart from their lines, so that walking the lines does not read every body.
    `CREATE TABLE sealed_bodies (position INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT`,
    // `end_user` is empty in the key of an owner's requests that name none.
    `CREATE TABLE data_keys (data_key INTEGER PRIMARY KEY, owner TEXT NOT NULL, end_user TEXT NOT NULL,
     wrapped BLOB NOT NULL) STRICT`,
    `CREATE UNIQUE INDEX data_keys_by_user ON data_keys (owner, end_user)`,
    // base: the last record that retention took; head: the newest. Each under a seal that only the master key makes.
    `CREATE TABLE marks (name TEXT PRIMARY KEY, position INTEGER NOT NULL, line BLOB NOT NULL,
     seal BLOB NOT NULL) STRICT, WITHOUT ROWID`,
    `CREATE TABLE master (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), salt BLOB NOT NULL,
     proof BLOB NOT NULL) STRICT`,
  ],
];
