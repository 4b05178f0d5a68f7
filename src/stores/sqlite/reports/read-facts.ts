import type { DatabaseSync } from "node:sqlite";
import { firstIdAt } from "../../../kit/request-id.ts";
import { endOfUnit, startOfUnit, zonedDay } from "../../../kit/zoned-time.ts";
import type { DayFacts, LedgerFacts } from "../../../spec/alert.ts";
import { openForReading } from "../data-directory.ts";
import { exactSum, exactSumOf } from "../exact-sums.ts";
import { daysMax, type QuarterSum, QuarterSums, startOfQuarter, sumBetween } from "./read-facts-quarters.ts";

/** What alerts need of the ledger. */
export interface FactsOptions {
  readonly directory: string;
  /** Whose days count. */
  readonly zone: string;
  /** Whether the users of today are asked for: that reads every row of the day. */
  readonly withUsers: boolean;
}

/** Reads the facts again and again; what is past is remembered. */
export interface FactsReader {
  /** Synchronous: not for the gateway's own thread. @throws FarthingError as `openForReading`. */
  read(nowMs: number): LedgerFacts;
}

const hourMs = 3_600_000;
const keysMax = 50;
const usersMax = 20;
const modelsMax = 20;

/** A reader over a directory's ledger, which is opened for each look and closed again. */
export function createFactsReader(options: FactsOptions): FactsReader {
  const quarters = new QuarterSums();
  return {
    read(nowMs) {
      const database = openForReading(options.directory);
      try {
        database.exec("BEGIN");
        quarters.update(database, nowMs);
        return factsOf(database, quarters, options, nowMs);
      } finally {
        database.close();
      }
    },
  };
}

function factsOf(database: DatabaseSync, quarters: QuarterSums, options: FactsOptions, nowMs: number): LedgerFacts {
  const { zone } = options;
  const todayMs = startOfUnit(nowMs, "day", zone);
  const dayBefore = sumBetween(quarters.whole, nowMs - 25 * hourMs, startOfQuarter(nowMs - hourMs));
  return {
    nowMs,
    days: daysOf(quarters.whole, nowMs, zone),
    keys: dearestKeys(quarters, todayMs, nowMs).map((keyId) => ({
      keyId,
      days: daysOf(quarters.byKey.get(keyId) ?? new Map(), nowMs, zone),
    })),
    lastHour: readLastHour(database, nowMs),
    dayBefore,
    users: options.withUsers ? readUsers(database, todayMs, nowMs) : [],
    unpricedModels: readUnpriced(database, nowMs),
  };
}

/** Today and the days before it, down to the first with a request. */
function daysOf(sums: ReadonlyMap<number, QuarterSum>, nowMs: number, zone: string): readonly DayFacts[] {
  const oldest = Math.min(nowMs, ...sums.keys());
  const days: DayFacts[] = [];
  let startMs = startOfUnit(nowMs, "day", zone);
  while (days.length < daysMax) {
    const sum = sumBetween(sums, startMs, Math.min(nowMs + 1, endOfUnit(startMs, "day", zone)));
    days.push({ day: zonedDay(startMs, zone), ...sum });
    if (startMs <= oldest) break;
    startMs = startOfUnit(startMs - 1, "day", zone);
  }
  return days;
}

function dearestKeys(quarters: QuarterSums, todayMs: number, nowMs: number): readonly string[] {
  return [...quarters.byKey]
    .map(([keyId, sums]) => ({ keyId, cost: sumBetween(sums, todayMs, nowMs + 1).costPicoUsd }))
    .filter(({ cost }) => cost > 0n)
    .toSorted((one, other) => Number(other.cost > one.cost) - Number(other.cost < one.cost))
    .slice(0, keysMax)
    .map(({ keyId }) => keyId);
}

function readLastHour(database: DatabaseSync, nowMs: number): LedgerFacts["lastHour"] {
  const row = database
    .prepare(
      `SELECT count(*) AS requests, count(CASE WHEN r.cost_state = 'unpriced' THEN 1 END) AS unpriced,
       ${exactSum("r.cost_pico_usd", "cost")} FROM requests AS r WHERE r.id >= ? AND r.id < ?`,
    )
    .get(firstIdAt(nowMs - hourMs), firstIdAt(nowMs + 1));
  if (row === undefined) return { costPicoUsd: 0n, requests: 0, unpriced: 0 };
  return {
    costPicoUsd: exactSumOf(row, "cost"),
    requests: Number(row["requests"]),
    unpriced: Number(row["unpriced"]),
  };
}

function readUsers(database: DatabaseSync, todayMs: number, nowMs: number): LedgerFacts["users"] {
  return database
    .prepare(
      `SELECT r.user AS user, ${exactSum("r.cost_pico_usd", "cost")} FROM requests AS r
       WHERE r.id >= ? AND r.id < ? AND r.user IS NOT NULL GROUP BY r.user ORDER BY total(r.cost_pico_usd) DESC LIMIT ?`,
    )
    .all(firstIdAt(todayMs), firstIdAt(nowMs + 1), usersMax)
    .map((row) => ({ user: String(row["user"]), costPicoUsd: exactSumOf(row, "cost") }));
}

/** Of the calls without a price: a request may have others beside. */
function readUnpriced(database: DatabaseSync, nowMs: number): readonly string[] {
  return database
    .prepare(
      `SELECT DISTINCT r.first_vendor || '/' || r.first_model AS model FROM requests AS r
       WHERE r.id >= ?1 AND r.id < ?2 AND r.cost_state = 'unpriced' AND r.first_cost_pico_usd IS NULL AND r.first_model IS NOT NULL
       UNION
       SELECT DISTINCT l.vendor || '/' || l.model FROM later_attempts AS l
       WHERE l.request_id >= ?1 AND l.request_id < ?2 AND l.cost_pico_usd IS NULL ORDER BY 1 LIMIT ?3`,
    )
    .all(firstIdAt(nowMs - hourMs), firstIdAt(nowMs + 1), modelsMax)
    .map((row) => String(row["model"]));
}
