import type { SQLOutputValue } from "node:sqlite";
import type { Attempt, AttemptOutcome, FinishReason } from "../../../spec/attempt.ts";
import { claimNames, type ClaimName, type Claims } from "../../../spec/caller.ts";
import type { JournalEntry, ReasonCode, StageName } from "../../../spec/decision.ts";
import type { CacheResult, RequestOutcome, RequestRecord } from "../../../spec/ledger.ts";
import type { Cost, CostState, Saving, SavingMethod } from "../../../spec/money.ts";
import type { Origin } from "../../../spec/reply.ts";
import type { DialectName } from "../../../spec/request.ts";
import type { TokenClass, Usage, UsageSource } from "../../../spec/usage.ts";
import { requestIdOf } from "../../../kit/request-id.ts";

/** A row as read with `readBigInts`: integers are bigints. Our own writer made it, so its words are taken as they stand. */
export type SqliteRow = Readonly<Record<string, SQLOutputValue>>;

type JournalLine = [StageName, string, ReasonCode, (string | null)?, (number | null)?, (string | null)?];

type CallDetail = [
  status: number,
  usageSource: UsageSource,
  costState: CostState,
  startedAtMs: number,
  durationUs: number,
  timeToFirstByteUs: number | null,
  providerRequestId: string | null,
  providerResponseId: string | null,
  finishReason: FinishReason | null,
  serverToolCalls: Record<string, number> | null,
  serviceTier: string | null,
  units?: NonNullable<Usage["units"]> | null,
  region?: string | null,
];

type Detail = [
  dialect: DialectName,
  flags: number,
  clientRetries: number,
  configGeneration: number,
  priceVersion: string,
  answerUsage: Usage | null,
  firstCall: CallDetail | null,
  journal: JournalLine[],
];

/** The record of a row of `requests` and the rows of its further attempts, in order. */
export function decodeRequest(row: SqliteRow, laterAttempts: readonly SqliteRow[]): RequestRecord {
  const id = row["id"] as bigint;
  const [dialect, flags, clientRetries, configGeneration, priceVersion, answerUsage, firstCall, journal] = JSON.parse(
    row["detail"] as string,
  ) as Detail;
  const attempts: Attempt[] = [];
  if (firstCall !== null) attempts.push(decodeAttempt(row, "first_", 0, firstCall));
  for (const later of laterAttempts) {
    const call = JSON.parse(later["call"] as string) as CallDetail;
    attempts.push(decodeAttempt(later, "", integer(later, "attempt_index"), call));
  }
  return {
    id,
    requestId: requestIdOf(id),
    arrivedAtMs: integer(row, "arrived_at_ms"),
    durationUs: integer(row, "duration_us"),
    timeToFirstByteUs: integerOrNull(row, "first_byte_us"),
    dialect,
    route: row["route"] as string,
    keyId: row["key_id"] as string,
    claims: decodeClaims(row),
    requestedModel: row["requested_model"] as string,
    stream: (flags & 1) !== 0,
    bypass: (flags & 2) !== 0,
    clientRetries,
    status: integer(row, "status"),
    outcome: row["outcome"] as RequestOutcome,
    origin: row["origin"] as Origin | null,
    cache: row["cache"] as CacheResult,
    usage: answerUsage ?? (attempts.at(-1) as Attempt).usage,
    cost: decodeCost(row, "cost"),
    baseline: decodeCost(row, "baseline"),
    savings: decodeSavings(text(row, "savings")),
    attempts,
    journal: journal.map(decodeJournalLine),
    configGeneration,
    priceVersion,
  };
}

/** One call to a provider, from its columns (under a prefix) and its own JSON array as text. */
export function decodeCall(row: SqliteRow, prefix: string, index: number, call: string): Attempt {
  return decodeAttempt(row, prefix, index, JSON.parse(call) as CallDetail);
}

function decodeAttempt(row: SqliteRow, prefix: string, index: number, call: CallDetail): Attempt {
  const [status, source, costState, startedAtMs, durationUs, timeToFirstByteUs, sentId, answerId, finishReason] = call;
  const [, , , , , , , , , serverToolCalls, serviceTier, units = null, region = null] = call;
  return {
    index,
    endpointId: row[`${prefix}endpoint`] as string,
    vendor: row[`${prefix}vendor`] as string,
    model: row[`${prefix}model`] as string,
    servedModel: text(row, `${prefix}served_model`),
    outcome: row[`${prefix}outcome`] as AttemptOutcome,
    status,
    usage: {
      source,
      tokens: decodeTokens(row, prefix),
      ...(serverToolCalls === null ? {} : { serverToolCalls }),
      ...(serviceTier === null ? {} : { serviceTier }),
      ...(units === null ? {} : { units }),
      ...(region === null ? {} : { region }),
    },
    cost: { state: costState, picoUsd: row[`${prefix}cost_pico_usd`] as bigint | null },
    startedAtMs,
    durationUs,
    timeToFirstByteUs,
    providerRequestId: sentId,
    providerResponseId: answerId,
    finishReason,
  };
}

function decodeTokens(row: SqliteRow, prefix: string): Usage["tokens"] {
  const tokens: Partial<Record<TokenClass, number>> = {};
  const take = (tokenClass: TokenClass, column: string): void => {
    const count = integerOrNull(row, prefix + column);
    if (count !== null) tokens[tokenClass] = count;
  };
  take("input", "input_tokens");
  take("cacheRead", "cache_read_tokens");
  take("output", "output_tokens");
  take("reasoning", "reasoning_tokens");
  const others = text(row, `${prefix}other_tokens`);
  if (others !== null) Object.assign(tokens, JSON.parse(others));
  return tokens;
}

function decodeCost(row: SqliteRow, name: string): Cost {
  return { state: row[`${name}_state`] as CostState, picoUsd: row[`${name}_pico_usd`] as bigint | null };
}

function decodeClaims(row: SqliteRow): Claims {
  const named: Partial<Record<ClaimName, string>> = {};
  for (const name of claimNames) {
    const value = text(row, name);
    if (value !== null) named[name] = value;
  }
  const tags = text(row, "tags");
  return { ...named, tags: tags === null ? [] : (JSON.parse(tags) as string[]) };
}

function decodeSavings(stored: string | null): readonly Saving[] {
  if (stored === null) return [];
  return (JSON.parse(stored) as [string, string, SavingMethod, string?][]).map(
    ([technique, digits, method, aloneOff]) => ({
      technique,
      picoUsd: BigInt(digits),
      method,
      ...(aloneOff === undefined ? {} : { aloneOffPicoUsd: BigInt(aloneOff) }),
    }),
  );
}

function decodeJournalLine([stage, decision, reason, picoUsd, us, note]: JournalLine): JournalEntry {
  return {
    stage,
    decision,
    reason,
    ...(typeof picoUsd === "string" ? { picoUsd: BigInt(picoUsd) } : {}),
    ...(typeof us === "number" ? { us } : {}),
    ...(typeof note === "string" ? { note } : {}),
  };
}

function integer(row: SqliteRow, name: string): number {
  return Number(row[name]);
}

function integerOrNull(row: SqliteRow, name: string): number | null {
  const value = row[name];
  return value === null || value === undefined ? null : Number(value);
}

function text(row: SqliteRow, name: string): string | null {
  const value = row[name];
  return typeof value === "string" ? value : null;
}
