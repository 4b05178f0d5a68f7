import type { DatabaseSync } from "node:sqlite";
import { refreshLabel } from "../../src/pipeline/settle-record.ts";
import { parseRequestId, requestIdOf } from "../../src/kit/request-id.ts";
import { openForReading } from "../../src/stores/sqlite/data-directory.ts";
import { decodeRequest } from "../../src/stores/sqlite/requests/decode-row.ts";
import type { LedgerLine } from "./ledger-line.ts";

/** Rows of cached answers are written a moment after the answer; this is how long they are waited for. */
const waitMsMax = 5_000;
const pollMs = 20;

/**
 * The ledger lines of these requests, read from the database that the gateway is still writing, by request id.
 * @throws Error when a request has no line: an answered request without one is what the ledger must never allow.
 */
export async function readLedger(
  dataDirectory: string,
  requestIds: readonly string[],
): Promise<Map<string, LedgerLine>> {
  const database = openForReading(dataDirectory);
  try {
    const giveUpAt = performance.now() + waitMsMax;
    for (;;) {
      const lines = new Map<string, LedgerLine>();
      for (const requestId of requestIds) {
        const line = readLine(database, requestId);
        if (line !== null) lines.set(requestId, line);
      }
      if (lines.size === new Set(requestIds).size) return lines;
      if (performance.now() > giveUpAt) {
        const missing = requestIds.filter((requestId) => !lines.has(requestId));
        throw new Error(`The ledger has no line for ${missing.length} answered requests, among them ${missing[0]}.`);
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  } finally {
    database.close();
  }
}

const refreshesSql = "SELECT id FROM requests WHERE EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ?) ORDER BY id";

/** Lines of the calls that the gateway made by itself for stale answers, once there are `expected`; fewer after the longest wait. */
export async function readRefreshes(dataDirectory: string, expected: number): Promise<readonly LedgerLine[]> {
  const database = openForReading(dataDirectory);
  try {
    const giveUpAt = performance.now() + waitMsMax;
    for (;;) {
      const ids = database.prepare(refreshesSql).all(refreshLabel);
      if (ids.length >= expected || performance.now() > giveUpAt)
        return ids.flatMap(({ id }) => readLine(database, requestIdOf(id as bigint)) ?? []);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  } finally {
    database.close();
  }
}

/** What the whole ledger holds. */
export interface RowCounts {
  /** More than were asked for means that something was recorded twice. */
  readonly all: number;
  /** Tries of the backfill that were told to come again, since balances could not be asked: 503, without a call. */
  readonly putOff: number;
}

const countsSql = `SELECT count(*) AS n,
  count(*) FILTER (WHERE task = 'backfill' AND status = 503 AND attempt_count = 0) AS putOff FROM requests`;

/** Counts the rows of the whole ledger. */
export function countLedgerRows(dataDirectory: string): RowCounts {
  const database = openForReading(dataDirectory);
  try {
    const row = database.prepare(countsSql).get();
    return { all: Number(row?.["n"] ?? 0), putOff: Number(row?.["putOff"] ?? 0) };
  } finally {
    database.close();
  }
}

const requestSql = "SELECT * FROM requests WHERE id = ?";
const laterSql = "SELECT * FROM later_attempts WHERE request_id = ? ORDER BY attempt_index";

function readLine(database: DatabaseSync, requestId: string): LedgerLine | null {
  const id = parseRequestId(requestId);
  const row = id === null ? undefined : database.prepare(requestSql).get(id);
  if (row === undefined || id === null) return null;
  const record = decodeRequest(row, database.prepare(laterSql).all(id));
  const { attempts, journal } = record;
  const calls = attempts.map(({ cost }) => cost.picoUsd);
  const translated = journal.find(({ reason }) => reason === "answered-translated");
  return {
    requestId,
    arrivedAtMs: record.arrivedAtMs,
    outcome: record.outcome,
    requestedModel: record.requestedModel,
    calledModel: attempts.at(-1)?.model ?? null,
    usage: record.usage,
    translation: translated === undefined ? null : (translated.note ?? ""),
    cache: record.cache,
    costPicoUsd: record.cost.picoUsd,
    callsPicoUsd: calls.includes(null) ? null : calls.reduce<bigint>((sum, picoUsd) => sum + (picoUsd ?? 0n), 0n),
    baselinePicoUsd: record.baseline.picoUsd,
    savings: record.savings,
    providerRequestIds: attempts.flatMap(({ providerRequestId }) => providerRequestId ?? []),
  };
}
