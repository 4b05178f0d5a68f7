import type { DatabaseFile, SchemaSteps } from "../migrate.ts";

/** The database of balances, shared by the processes that share budgets; "FRBG". */
export const limitDatabaseFile: DatabaseFile = {
  name: "budgets.sqlite",
  noun: "store of balances",
  applicationId: 0x46524247,
};

/**
 * The steps from an empty file to the present schema; a released step never changes. Amounts are decimal text: 64 bits of
 * pico-dollars end at $9.2 million, and SQLite's own sums are floats beyond them. They are added up in code.
 */
export const limitSchemaSteps: SchemaSteps = [
  [
    `CREATE TABLE balances (account TEXT NOT NULL, slice_start_ms INTEGER NOT NULL, owner TEXT NOT NULL,
     spent TEXT NOT NULL, held TEXT NOT NULL, presumed TEXT NOT NULL,
     PRIMARY KEY (account, slice_start_ms, owner)) STRICT, WITHOUT ROWID`,
    `CREATE INDEX balances_by_owner ON balances (owner)`,
    // state 'alive': held are leases. 'swept': it did not speak until expires_at_ms, its leases are presumed spending.
    `CREATE TABLE owners (owner TEXT PRIMARY KEY, expires_at_ms INTEGER NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('alive', 'swept'))) STRICT, WITHOUT ROWID`,
    // The last batch of every opened store, with its answers: a thread that dies after its commit is not made to repeat it.
    `CREATE TABLE links (link TEXT PRIMARY KEY, sequence INTEGER NOT NULL, answers TEXT NOT NULL,
     at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
  ],
];
