import { existsSync } from "node:fs";
import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import { firstIdAt } from "../../../kit/request-id.ts";
import type { AttemptOutcome } from "../../../spec/attempt.ts";
import type { PicoUsd } from "../../../spec/money.ts";
import { ledgerFile, openForReading } from "../data-directory.ts";

/** One call of a request, as budgets need it. */
export interface SpentCall {
  readonly model: string;
  readonly outcome: AttemptOutcome;
  /** Null: nobody knows its cost. */
  readonly picoUsd: PicoUsd | null;
  readonly tokens: bigint;
}

/** One request that called a provider. */
export interface SpentRequest {
  readonly arrivedAtMs: number;
  readonly keyId: string;
  readonly user: string | null;
  readonly team: string | null;
  readonly feature: string | null;
  /** What was reserved for a call; 0 where nothing was, or no price was known. */
  readonly reservedPicoUsd: PicoUsd;
  readonly calls: readonly SpentCall[];
}

const callColumns = (prefix: string): string =>
  [
    "model",
    "outcome",
    "cost_pico_usd",
    "input_tokens",
    "cache_read_tokens",
    "output_tokens",
    "reasoning_tokens",
    "other_tokens",
  ]
    .map((name) => `${prefix}${name} AS ${name}`)
    .join(", ");

/**
 * Requests that arrived at `fromMs` or later and called a provider, oldest first, one row in memory at a time; none where the
 * directory has no ledger. Holds its thread: 5 million rows take some ten seconds.
 */
export function* readSpending(directory: string, fromMs: number): Generator<SpentRequest> {
  if (!existsSync(ledgerFile(directory))) return;
  const database = openForReading(directory);
  try {
    const later = database.prepare(`SELECT ${callColumns("")} FROM later_attempts WHERE request_id = ?`);
    for (const row of requestsFrom(database, fromMs)) yield requestOf(row, later);
  } finally {
    database.close();
  }
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function requestsFrom(database: DatabaseSync, fromMs: number): Iterable<Row> {
  // A clock that was set back leaves ids that are later than their arrival, never earlier.
  return database
    .prepare(
      `SELECT id, arrived_at_ms, key_id, "user", team, feature, attempt_count, ${callColumns("first_")},
       CASE WHEN cost_pico_usd IS NULL THEN detail END AS detail
       FROM requests WHERE id >= ? AND arrived_at_ms >= ? AND attempt_count > 0 ORDER BY id`,
    )
    .iterate(firstIdAt(fromMs), fromMs);
}

function requestOf(row: Row, later: StatementSync): SpentRequest {
  const calls = [callOf(row)];
  if (Number(row["attempt_count"]) > 1) calls.push(...later.all(row["id"] ?? null).map(callOf));
  return {
    arrivedAtMs: Number(row["arrived_at_ms"]),
    keyId: String(row["key_id"]),
    user: textOf(row["user"]),
    team: textOf(row["team"]),
    feature: textOf(row["feature"]),
    reservedPicoUsd: reservedIn(row["detail"]),
    calls,
  };
}

function callOf(row: Row): SpentCall {
  const cost = row["cost_pico_usd"];
  const counts = ["input_tokens", "cache_read_tokens", "output_tokens", "reasoning_tokens"].map((name) => row[name]);
  let tokens = 0n;
  for (const count of counts) tokens += typeof count === "bigint" ? count : 0n;
  const others = textOf(row["other_tokens"]);
  if (others !== null) {
    for (const count of Object.values(JSON.parse(others) as Record<string, number>)) tokens += BigInt(count);
  }
  return {
    model: String(row["model"]),
    outcome: String(row["outcome"]) as AttemptOutcome,
    picoUsd: typeof cost === "bigint" ? cost : null,
    tokens,
  };
}

/** The journal stands in a row's detail; the line of the stage that reserves says how much. */
function reservedIn(detail: SQLOutputValue | undefined): PicoUsd {
  if (typeof detail !== "string") return 0n;
  const journal = (JSON.parse(detail) as unknown[])[7] as readonly (readonly unknown[])[];
  const line = journal.find(([stage]) => stage === "reserve-budget");
  return typeof line?.[3] === "string" ? BigInt(line[3]) : 0n;
}

function textOf(value: SQLOutputValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
