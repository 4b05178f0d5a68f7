/**
 * Version 4 of the schema: what calls were good for. `outcome_id` begins with the time of the post as a request's id does, so
 * that retention knows its age. `tenant_keys` remembers which keys are of one tenant, revoked ones too: a request's row
 * tells its key only.
 */
export const outcomeTables: readonly string[] = [
  `CREATE TABLE outcomes (outcome_id INTEGER PRIMARY KEY, owner TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
   value_pico_usd INTEGER, weight_millionths INTEGER NOT NULL CHECK (weight_millionths > 0), session TEXT, request_id INTEGER,
   at_ms INTEGER NOT NULL, at_given INTEGER NOT NULL, key_id TEXT NOT NULL,
   CHECK ((session IS NULL) <> (request_id IS NULL))) STRICT`,
  `CREATE UNIQUE INDEX outcomes_by_owner ON outcomes (owner, id)`,
  `CREATE INDEX outcomes_by_time ON outcomes (at_ms)`,
  `CREATE TABLE tenant_keys (key_id TEXT PRIMARY KEY, owner TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  `CREATE TRIGGER outcomes_no_update BEFORE UPDATE ON outcomes
   BEGIN SELECT RAISE(ABORT, 'outcomes are immutable'); END`,
  `CREATE TRIGGER outcomes_no_delete BEFORE DELETE ON outcomes WHEN OLD.outcome_id >= (SELECT before_id FROM retention)
   BEGIN SELECT RAISE(ABORT, 'outcomes leave by retention only'); END`,
];
