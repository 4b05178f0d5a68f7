import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { splitByWeight } from "../../../kit/split-by-weight.ts";
import type { OutcomeLine } from "../../../spec/economics.ts";
import type { PicoUsd } from "../../../spec/money.ts";
import { exactSum, exactSumOf } from "../exact-sums.ts";
import { weightUnits } from "../outcomes/outcomes-writer.ts";
import { dearestFirst } from "./report-lines.ts";
import type { IdWindow } from "../id-window.ts";

/** Outcomes of one window in memory, some 300 bytes each. */
const outcomesMax = 1_000_000;

/** One outcome of the window, and what falls to it. */
interface Share {
  readonly owner: string;
  readonly kind: string;
  readonly valuePicoUsd: PicoUsd | null;
  readonly weight: bigint;
  readonly session: string | null;
  readonly requestId: bigint | null;
  costPicoUsd: PicoUsd;
  requests: number;
}

type Row = Record<string, SQLOutputValue>;

/** A part of the spending that goes to the same outcomes. */
interface Pool {
  readonly shares: readonly Share[];
  costPicoUsd: PicoUsd;
  requests: number;
}

/** Tables of the connection's own that hold which requests were joined; see {@link joinedSql}. */
const tables = `
  CREATE TEMP TABLE wanted_sessions (session TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TEMP TABLE joined_sessions (session TEXT, key_id TEXT, PRIMARY KEY (session, key_id)) WITHOUT ROWID;
  CREATE TEMP TABLE joined_requests (id INTEGER PRIMARY KEY);`;

/** True, in SQL over `requests AS r`, for requests that {@link joinOutcomes} joined to an outcome. */
export const joinedSql = `(r.id IN (SELECT id FROM temp.joined_requests) OR EXISTS
  (SELECT 1 FROM temp.joined_sessions AS j WHERE j.session = r.session AND j.key_id = r.key_id))`;

/**
 * Joins the outcomes that happened in a window to its requests: by request first, the rest of a session's spending by session,
 * each only among the keys of the outcome's owner. What is spent once for several outcomes is divided by their weights.
 * @throws FarthingError `invalid_request` when the window holds more outcomes than memory should.
 */
export function joinOutcomes(
  database: DatabaseSync,
  window: IdWindow,
  times: { readonly fromMs: number; readonly toMs: number },
): readonly OutcomeLine[] {
  database.exec(tables);
  const shares = readShares(database, times);
  const owners = readOwners(database);
  const pools = [...poolRequests(database, window, shares, owners), ...poolSessions(database, window, shares, owners)];
  for (const pool of pools) divide(pool);
  return linesOf(shares);
}

function readShares(database: DatabaseSync, times: { readonly fromMs: number; readonly toMs: number }): Share[] {
  const rows = database
    .prepare(
      `SELECT owner, kind, value_pico_usd, weight_millionths, session, request_id FROM outcomes
       WHERE at_ms >= ? AND at_ms < ? ORDER BY outcome_id LIMIT ?`,
    )
    .all(times.fromMs, times.toMs, outcomesMax + 1);
  if (rows.length > outcomesMax) {
    throw new FarthingError(
      "invalid_request",
      `The window holds more than ${outcomesMax} outcomes. Ask for less time.`,
      {
        field: "last",
      },
    );
  }
  return rows.map((row) => ({
    owner: String(row["owner"]),
    kind: String(row["kind"]),
    valuePicoUsd: row["value_pico_usd"] as bigint | null,
    weight: row["weight_millionths"] as bigint,
    session: row["session"] as string | null,
    requestId: row["request_id"] as bigint | null,
    costPicoUsd: 0n,
    requests: 0,
  }));
}

/** Whose a key is. A key whose owner never posted has none, and only the operator's outcomes reach its requests. */
function readOwners(database: DatabaseSync): ReadonlyMap<string, string> {
  const rows = database.prepare("SELECT key_id, owner FROM tenant_keys").all();
  return new Map(rows.map((row) => [String(row["key_id"]), String(row["owner"])]));
}

function mayJoin(share: Share, owner: string | undefined): boolean {
  return share.owner === "operator" || share.owner === owner;
}

function poolRequests(
  database: DatabaseSync,
  window: IdWindow,
  shares: readonly Share[],
  owners: ReadonlyMap<string, string>,
): Pool[] {
  const find = database.prepare("SELECT key_id, cost_pico_usd FROM requests WHERE id = ? AND id >= ? AND id < ?");
  const join = database.prepare("INSERT INTO temp.joined_requests VALUES (?)");
  const pools: Pool[] = [];
  for (const [id, named] of groupBy(shares, (share) => share.requestId)) {
    const row: Row | undefined = find.get(id, window.fromId, window.toId);
    const owner = owners.get(String(row?.["key_id"]));
    const some = row === undefined ? [] : named.filter((share) => mayJoin(share, owner));
    if (some.length === 0) continue;
    join.run(id);
    pools.push({ shares: some, costPicoUsd: (row?.["cost_pico_usd"] ?? 0n) as bigint, requests: 1 });
  }
  return pools;
}

function poolSessions(
  database: DatabaseSync,
  window: IdWindow,
  shares: readonly Share[],
  owners: ReadonlyMap<string, string>,
): Iterable<Pool> {
  const bySession = groupBy(shares, (share) => share.session);
  const want = database.prepare("INSERT INTO temp.wanted_sessions VALUES (?)");
  for (const session of bySession.keys()) want.run(session);
  const join = database.prepare("INSERT INTO temp.joined_sessions VALUES (?, ?)");
  // CROSS JOIN keeps the order: one reading of the window, a look-up for each row.
  const sums = database.prepare(
    `SELECT r.session AS session, r.key_id AS key_id, count(*) AS requests, ${exactSum("r.cost_pico_usd", "cost")}
     FROM requests AS r CROSS JOIN temp.wanted_sessions AS w ON w.session = r.session
     WHERE r.id >= ? AND r.id < ? AND r.id NOT IN (SELECT id FROM temp.joined_requests) GROUP BY r.session, r.key_id`,
  );
  // Keys of one owner share a pool, so that their session is divided once.
  const pools = new Map<string, Pool>();
  for (const row of sums.all(window.fromId, window.toId)) {
    const [session, keyId] = [String(row["session"]), String(row["key_id"])];
    const owner = owners.get(keyId);
    const some = (bySession.get(session) ?? []).filter((share) => mayJoin(share, owner));
    if (some.length === 0) continue;
    join.run(session, keyId);
    const name = JSON.stringify([owner ?? keyId, session]);
    const pool = pools.get(name) ?? { shares: some, costPicoUsd: 0n, requests: 0 };
    pool.costPicoUsd += exactSumOf(row, "cost");
    pool.requests += Number(row["requests"]);
    pools.set(name, pool);
  }
  return pools.values();
}

function divide({ shares, costPicoUsd, requests }: Pool): void {
  const parts = splitByWeight(
    costPicoUsd,
    shares.map(({ weight }) => weight),
  );
  for (const [index, share] of shares.entries()) {
    share.costPicoUsd += parts[index] ?? 0n;
    share.requests += requests;
  }
}

function linesOf(shares: readonly Share[]): readonly OutcomeLine[] {
  const lines = [...groupBy(shares, ({ kind }) => kind)].map(([kind, some]): OutcomeLine => {
    const sum = (of: (share: Share) => bigint): bigint => some.reduce((all, share) => all + of(share), 0n);
    const weight = sum((share) => share.weight);
    const costPicoUsd = sum((share) => share.costPicoUsd);
    const valued = some.filter((share) => share.valuePicoUsd !== null);
    const valuePicoUsd = sum((share) => share.valuePicoUsd ?? 0n);
    const valuedCost = valued.reduce((all, share) => all + share.costPicoUsd, 0n);
    return {
      kind,
      outcomes: some.length,
      unmatched: some.filter((share) => share.requests === 0).length,
      weight: Number(weight) / weightUnits,
      costPicoUsd,
      costPerOutcomePicoUsd: (costPicoUsd * BigInt(weightUnits)) / weight,
      valued: valued.length,
      valuePicoUsd,
      marginPicoUsd: valued.length === 0 ? null : valuePicoUsd - valuedCost,
    };
  });
  return lines.toSorted(dearestFirst);
}

function groupBy<Item, Name>(items: readonly Item[], nameOf: (item: Item) => Name | null): Map<Name, Item[]> {
  const groups = new Map<Name, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    if (name === null) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
