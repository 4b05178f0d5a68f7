import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

/** Rows looked at in one statement, so that the deadline is asked in between. */
const sliceRows = 20_000;

/**
 * Finds the newest request of which a call carries this id of the provider's (its response header's or its body's).
 * There is no index on these texts, since it would cost each row more than the rest of its write; so this reads the
 * ledger backwards: about 2 us a row from memory, more from disk. Synchronous: not for the gateway's own thread.
 * @param mayGoOn asked before each slice; false gives up.
 * @returns the request's id; null when there is none, or the search was given up.
 */
export function scanProviderId(database: DatabaseSync, providerId: string, mayGoOn: () => boolean): bigint | null {
  const quoted = JSON.stringify(providerId);
  const later = database
    .prepare(`SELECT max(request_id) AS found FROM later_attempts WHERE ${matches("call", "$")}`)
    .get(providerId, quoted)?.["found"];
  const slice = database.prepare(
    `SELECT max(CASE WHEN ${matches("detail", "$[6]")} THEN id END) AS found, min(id) AS oldest
     FROM (SELECT id, detail FROM requests WHERE id < ?3 ORDER BY id DESC LIMIT ?4)`,
  );
  const newestLater = typeof later === "bigint" ? later : null;
  let before: bigint | null = 2n ** 63n - 1n;
  while (before !== null && mayGoOn()) {
    const row: Record<string, SQLOutputValue> | undefined = slice.get(providerId, quoted, before, sliceRows);
    const found = row?.["found"];
    if (typeof found === "bigint") return newestLater !== null && newestLater > found ? newestLater : found;
    const oldest: SQLOutputValue | undefined = row?.["oldest"];
    before = typeof oldest === "bigint" ? oldest : null;
  }
  return newestLater;
}

/**
 * Does a call's JSON hold the id, ?1? A plain search for ?2, the id as it stands in JSON, comes first; the elements are
 * looked at where it succeeds.
 */
function matches(json: string, path: string): string {
  return `(instr(${json}, ?2) > 0 AND ?1 IN (${json} ->> '${path}[6]', ${json} ->> '${path}[7]'))`;
}
