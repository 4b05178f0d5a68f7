/**
 * Tables and functions of the answers in PostgreSQL, one list of statements for each version; `$S` stands for the quoted
 * schema. Each call is one function, so one round trip and one transaction.
 *
 * Locks are taken in the order owner, room, rows: `keep` and `drop` hold the one row of `room` to their end, which makes
 * them wait for each other and the sums in it exact; reads never do. Row security stands behind every query's own
 * condition on the owner: a function names its owner to the policies first, `*` where it works for all.
 */
const tables = [
  `CREATE TABLE $S.owners (
    owner text COLLATE "C" PRIMARY KEY, generation text NOT NULL, sequence bigint NOT NULL DEFAULT 0, made_ms bigint NOT NULL)`,
  `CREATE TABLE $S.epochs (
    owner text COLLATE "C", tag text COLLATE "C", sequence bigint NOT NULL, PRIMARY KEY (owner, tag))`,
  // Found by owner and place, thrown out by priority, cleared by end: three indexes. None on tags: a purge by tag is rare
  // and may look at every row of its owner, while each store of an answer would pay for the index.
  `CREATE TABLE $S.answers (
    owner text COLLATE "C", place text COLLATE "C", generation text NOT NULL, sequence bigint NOT NULL,
    ends_ms bigint NOT NULL, stored_ms bigint NOT NULL, bytes bigint NOT NULL, worth float8 NOT NULL,
    hits bigint NOT NULL, priority float8 NOT NULL, tags text[] NOT NULL, spot text NOT NULL, body bytea NOT NULL,
    PRIMARY KEY (owner, place))`,
  // Kept as it is: compressing costs a hit more than the disk is worth.
  "ALTER TABLE $S.answers ALTER COLUMN body SET STORAGE EXTERNAL",
  "CREATE INDEX answers_priority ON $S.answers (priority)",
  "CREATE INDEX answers_ends ON $S.answers (ends_ms)",
  `CREATE TABLE $S.room (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), entries bigint NOT NULL DEFAULT 0, bytes bigint NOT NULL DEFAULT 0,
    evicted bigint NOT NULL DEFAULT 0, floor float8 NOT NULL DEFAULT 0)`,
  "INSERT INTO $S.room DEFAULT VALUES",
  ...["owners", "epochs", "answers"].flatMap((table) => [
    `ALTER TABLE $S.${table} ENABLE ROW LEVEL SECURITY`,
    `ALTER TABLE $S.${table} FORCE ROW LEVEL SECURITY`,
    `CREATE POLICY own ON $S.${table} USING (
      owner = current_setting('farthing.owner', true) OR current_setting('farthing.owner', true) = '*')`,
  ]),
];

/**
 * A plan that was made while the table was small is kept for long, and would read all of it at each call. What cannot do
 * without such a read looks dear then, and would be compiled each time: half a second for a call of one millisecond.
 */
const indexed = "SET enable_seqscan TO off SET jit TO off";

/**
 * With the timeline, which changes when a replica takes over or a backup is brought back: the server may lack the latest
 * invalidations then, so nothing older lives.
 */
const generationOf = `CREATE FUNCTION $S.generation_of(o $S.owners) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT o.generation || '.' || left(pg_walfile_name(pg_current_wal_lsn()), 8) $$`;

const lives = `CREATE FUNCTION $S.lives(a $S.answers, o $S.owners, p_now bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT a.ends_ms > p_now AND a.generation = $S.generation_of(o) AND (a.sequence >= o.sequence OR NOT EXISTS (
    SELECT FROM $S.epochs e WHERE e.owner = a.owner AND e.tag = ANY (a.tags) AND e.sequence > a.sequence)) $$`;

const find = `CREATE FUNCTION $S.find(p_owner text, p_generation text, p_places text[], p_now bigint)
  RETURNS TABLE (generation text, sequence bigint, place text, body bytea) LANGUAGE plpgsql ${indexed} AS $$
  BEGIN
    PERFORM set_config('farthing.owner', p_owner, true);
    IF NOT EXISTS (SELECT FROM $S.owners o WHERE o.owner = p_owner) THEN
      INSERT INTO $S.owners VALUES (p_owner, p_generation, 0, p_now) ON CONFLICT DO NOTHING;
    END IF;
    RETURN QUERY SELECT $S.generation_of(o), o.sequence, a.place, a.body FROM $S.owners o
      LEFT JOIN $S.answers a ON a.owner = p_owner AND a.place = ANY (p_places) AND $S.lives(a, o, p_now)
      WHERE o.owner = p_owner;
  END $$`;

/** Priority as in the Redis store: floor + uses * worth, the floor rising to what was thrown out. At most 16 rounds of 64. */
const keep = `CREATE FUNCTION $S.keep(p_owner text, p_place text, p_generation text, p_sequence bigint, p_ends bigint,
    p_stored bigint, p_now bigint, p_bytes bigint, p_max bigint, p_worth float8, p_tags text[], p_spot text, p_body bytea)
  RETURNS boolean LANGUAGE plpgsql ${indexed} AS $$
  DECLARE held $S.room; old $S.answers; uses bigint := 0; gone record;
  BEGIN
    -- A crash of the server may lose the last moments of stored answers, never an invalidation.
    PERFORM set_config('synchronous_commit', 'off', true), set_config('farthing.owner', p_owner, true);
    PERFORM FROM $S.owners o WHERE o.owner = p_owner AND $S.generation_of(o) = p_generation FOR SHARE;
    IF NOT FOUND OR EXISTS (SELECT FROM $S.epochs e WHERE e.owner = p_owner AND e.tag = ANY (p_tags)
      AND e.sequence > p_sequence) THEN RETURN false; END IF;
    SELECT * INTO held FROM $S.room FOR UPDATE;
    SELECT a.* INTO old FROM $S.answers a WHERE a.owner = p_owner AND a.place = p_place;
    IF FOUND THEN
      IF old.stored_ms > p_stored AND EXISTS (SELECT FROM $S.owners o WHERE o.owner = p_owner AND $S.lives(old, o, p_now))
        THEN RETURN false; END IF;
      DELETE FROM $S.answers a WHERE a.owner = p_owner AND a.place = p_place;
      uses := old.hits;
      held.entries := held.entries - 1;
      held.bytes := held.bytes - old.bytes;
    END IF;
    PERFORM set_config('farthing.owner', '*', true);
    WITH ended AS (DELETE FROM $S.answers a WHERE a.ctid = ANY (ARRAY(
      SELECT b.ctid FROM $S.answers b WHERE b.ends_ms <= p_now ORDER BY b.ends_ms LIMIT 64)) RETURNING a.bytes)
      SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes INTO gone FROM ended;
    held.entries := held.entries - gone.entries;
    held.bytes := held.bytes - gone.bytes;
    FOR round IN 1..16 LOOP
      EXIT WHEN held.bytes + p_bytes <= p_max;
      WITH least AS (SELECT b.id, b.bytes, sum(b.bytes) OVER (ORDER BY b.priority, b.id) AS upto
          FROM (SELECT c.ctid AS id, c.bytes, c.priority FROM $S.answers c ORDER BY c.priority LIMIT 64) b),
        thrown AS (DELETE FROM $S.answers a WHERE a.ctid = ANY (ARRAY(
          SELECT id FROM least WHERE upto - bytes < held.bytes + p_bytes - p_max)) RETURNING a.bytes, a.priority)
        SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes, coalesce(max(priority), 0) AS priority
        INTO gone FROM thrown;
      EXIT WHEN gone.entries = 0;
      held.entries := held.entries - gone.entries;
      held.bytes := held.bytes - gone.bytes;
      held.evicted := held.evicted + gone.entries;
      held.floor := greatest(held.floor, gone.priority);
    END LOOP;
    IF held.bytes + p_bytes <= p_max THEN
      PERFORM set_config('farthing.owner', p_owner, true);
      INSERT INTO $S.answers VALUES (p_owner, p_place, p_generation, p_sequence, p_ends, p_stored, p_bytes, p_worth,
        uses, held.floor + (uses + 1) * p_worth, p_tags, p_spot, p_body);
      held.entries := held.entries + 1;
      held.bytes := held.bytes + p_bytes;
    END IF;
    UPDATE $S.room SET entries = held.entries, bytes = held.bytes, evicted = held.evicted, floor = held.floor;
    RETURN true;
  END $$`;

/** Hits are told in batches, so that a read writes nothing; a row that somebody works on is left out. */
const countHits = `CREATE FUNCTION $S.count_hits(p_owners text[], p_places text[], p_hits bigint[])
  RETURNS void LANGUAGE plpgsql ${indexed} AS $$
  BEGIN
    PERFORM set_config('synchronous_commit', 'off', true), set_config('farthing.owner', '*', true);
    WITH seen AS (SELECT b.ctid AS id, h.hits FROM unnest(p_owners, p_places, p_hits) AS h (owner, place, hits)
        JOIN $S.answers b ON b.owner = h.owner AND b.place = h.place FOR UPDATE OF b SKIP LOCKED)
      UPDATE $S.answers a SET hits = a.hits + seen.hits,
        priority = (SELECT r.floor FROM $S.room r) + (a.hits + seen.hits + 1) * a.worth
      FROM seen WHERE a.ctid = seen.id;
  END $$`;

/** Null for the owner: all; no digest: everything of theirs. With more epochs than `p_max` an owner begins anew, and all it has is dead. */
const forbid = `CREATE FUNCTION $S.forbid(p_owner text, p_generation text, p_digests text[], p_max bigint, p_now bigint)
  RETURNS void LANGUAGE plpgsql AS $$
  DECLARE full_owner record;
  BEGIN
    PERFORM set_config('farthing.owner', coalesce(p_owner, '*'), true);
    IF cardinality(p_digests) = 0 THEN
      DELETE FROM $S.owners o WHERE p_owner IS NULL OR o.owner = p_owner;
      DELETE FROM $S.epochs e WHERE p_owner IS NULL OR e.owner = p_owner;
      RETURN;
    END IF;
    IF p_owner IS NOT NULL THEN
      INSERT INTO $S.owners VALUES (p_owner, p_generation, 0, p_now) ON CONFLICT DO NOTHING;
    END IF;
    WITH moved AS (UPDATE $S.owners o SET sequence = o.sequence + 1 WHERE o.owner = ANY (ARRAY(
        SELECT l.owner FROM $S.owners l WHERE p_owner IS NULL OR l.owner = p_owner ORDER BY l.owner FOR UPDATE))
        RETURNING o.owner, o.sequence)
      INSERT INTO $S.epochs SELECT m.owner, d.digest, m.sequence FROM moved m, unnest(p_digests) AS d (digest)
      ON CONFLICT (owner, tag) DO UPDATE SET sequence = excluded.sequence;
    FOR full_owner IN SELECT e.owner FROM $S.epochs e WHERE p_owner IS NULL OR e.owner = p_owner
      GROUP BY e.owner HAVING count(*) > p_max LOOP
      UPDATE $S.owners o SET generation = p_generation, sequence = 0 WHERE o.owner = full_owner.owner;
      DELETE FROM $S.epochs e WHERE e.owner = full_owner.owner;
    END LOOP;
  END $$`;

const drop = `CREATE FUNCTION $S.drop_answers(p_owner text, p_digests text[], p_most bigint)
  RETURNS bigint LANGUAGE plpgsql AS $$
  DECLARE gone record;
  BEGIN
    PERFORM set_config('farthing.owner', coalesce(p_owner, '*'), true);
    PERFORM FROM $S.room FOR UPDATE;
    -- By key, not by position: a row that moves at this moment, since its hits are counted, must go too.
    WITH dropped AS (DELETE FROM $S.answers a WHERE (a.owner, a.place) IN (SELECT b.owner, b.place FROM $S.answers b
      WHERE (p_owner IS NULL OR b.owner = p_owner) AND b.tags @> p_digests LIMIT p_most) RETURNING a.bytes)
      SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes INTO gone FROM dropped;
    UPDATE $S.room SET entries = entries - gone.entries, bytes = bytes - gone.bytes;
    RETURN gone.entries;
  END $$`;

const peek = `CREATE FUNCTION $S.peek(p_owner text, p_digests text[], p_now bigint, p_after_owner text, p_after_place text, p_most bigint)
  RETURNS TABLE (owner text, place text, spot text, body bytea) LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM set_config('farthing.owner', coalesce(p_owner, '*'), true);
    RETURN QUERY SELECT a.owner, a.place, a.spot, a.body FROM $S.answers a JOIN $S.owners o ON o.owner = a.owner
      WHERE (p_owner IS NULL OR a.owner = p_owner) AND (a.owner, a.place) > (p_after_owner, p_after_place)
        AND a.tags @> p_digests AND $S.lives(a, o, p_now)
      ORDER BY a.owner, a.place LIMIT p_most;
  END $$`;

/** Owners without any answer are forgotten after a day: a ticket older than that is void, its generation gone. */
const clear = `CREATE FUNCTION $S.clear_owners(p_now bigint) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM set_config('farthing.owner', '*', true);
    WITH idle AS (DELETE FROM $S.owners o WHERE o.made_ms < p_now - 86400000
        AND NOT EXISTS (SELECT FROM $S.answers a WHERE a.owner = o.owner) RETURNING o.owner)
      DELETE FROM $S.epochs e WHERE e.owner IN (SELECT owner FROM idle);
  END $$`;

/** Versions of the schema, oldest first. */
export const postgresSchemaSteps: readonly (readonly string[])[] = [
  [...tables, generationOf, lives, find, keep, countHits, forbid, drop, peek, clear],
];
