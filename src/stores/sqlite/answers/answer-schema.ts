import type { DatabaseFile, SchemaSteps } from "../migrate.ts";

/** The database of stored answers; "FRAN". */
export const answerDatabaseFile: DatabaseFile = {
  name: "answers.sqlite",
  noun: "store of answers",
  applicationId: 0x4652414e,
};

/**
 * The steps from an empty file to the present schema; a released step never changes.
 *
 * What is asked of every entry lies in `entries`, narrow, so that a search through all of them reads no body. `owner`, `tag` and
 * `key` of an epoch are `=` and the value, or `*` for all of them. The totals stand in `store`, written in the transaction that
 * changes them, because counting a million rows at every start would take longer than the start.
 */
export const answerSchemaSteps: SchemaSteps = [
  [
    `CREATE TABLE store (only INTEGER PRIMARY KEY CHECK (only = 1), generation TEXT NOT NULL, sequence INTEGER NOT NULL,
     entries INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT`,
    // A file that was begun anew has forgotten every invalidation, so no answer looked up before it may be stored in it.
    `INSERT INTO store VALUES (1, lower(hex(randomblob(16))), 0, 0, 0)`,
    // An entry is dead once an epoch that fits it has a higher sequence than the ticket that the entry was stored with.
    `CREATE TABLE epochs (owner TEXT NOT NULL, tag TEXT NOT NULL, key TEXT NOT NULL, sequence INTEGER NOT NULL,
     PRIMARY KEY (owner, tag, key)) STRICT, WITHOUT ROWID`,
    `CREATE INDEX epochs_by_owner ON epochs (owner, sequence)`,
    `CREATE TABLE entries (id INTEGER PRIMARY KEY, fingerprint INTEGER NOT NULL, bytes INTEGER NOT NULL,
     cost_pico_usd REAL NOT NULL, hits REAL NOT NULL, hit_at_ms INTEGER NOT NULL, sequence INTEGER NOT NULL,
     stored_at_ms INTEGER NOT NULL, ends_at_ms INTEGER NOT NULL, isolation TEXT NOT NULL, owner TEXT NOT NULL,
     partition TEXT NOT NULL, key TEXT NOT NULL, tags TEXT NOT NULL) STRICT`,
    `CREATE INDEX entries_by_fingerprint ON entries (fingerprint)`,
    `CREATE INDEX entries_by_end ON entries (ends_at_ms)`,
    `CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT`,
  ],
  // Bodies have another form, so nothing of before can be read; and a new entry is stored without looking for an old one first.
  [
    `DELETE FROM entries`,
    `DELETE FROM bodies`,
    `UPDATE store SET entries = 0, bytes = 0`,
    `DROP INDEX entries_by_fingerprint`,
    `CREATE UNIQUE INDEX entries_by_fingerprint ON entries (fingerprint)`,
  ],
];
