import type { Attempt } from "../../../spec/attempt.ts";
import { claimNames } from "../../../spec/caller.ts";
import type { JournalEntry } from "../../../spec/decision.ts";
import type { RequestRecord } from "../../../spec/ledger.ts";
import type { PicoUsd, Saving } from "../../../spec/money.ts";
import type { TokenClass, Usage } from "../../../spec/usage.ts";
import { callColumns } from "../schema.ts";

/** A value as it travels to the worker inside JSON and is bound to a parameter there. */
export type WireValue = string | number | null;

/** The parameters of one row, in the order of the columns in schema.ts. */
export type WireRow = readonly WireValue[];

/** Token classes with a column of their own; the others share `other_tokens`. */
export const columnTokenClasses: readonly TokenClass[] = ["input", "cacheRead", "output", "reasoning"];

const safe = BigInt(Number.MAX_SAFE_INTEGER);

/** A bigint as JSON: a number where a number is exact, else its digits, which an INTEGER column turns back exactly. */
function wireInteger(value: PicoUsd | null): number | string | null {
  if (value === null) return null;
  return value <= safe && value >= -safe ? Number(value) : value.toString();
}

/** Parameters of a request's row but for the last, `detail`: its own columns, then those of its first attempt. */
export function encodeRequest(record: RequestRecord): WireValue[] {
  const { claims, attempts, cost, baseline } = record;
  const row: WireValue[] = [
    record.id.toString(),
    record.arrivedAtMs,
    record.durationUs,
    record.timeToFirstByteUs,
    record.route,
    record.keyId,
  ];
  for (const name of claimNames) row.push(claims[name] ?? null);
  row.push(
    claims.tags.length === 0 ? null : JSON.stringify(claims.tags),
    record.requestedModel,
    record.status,
    record.outcome,
    record.origin,
    record.cache,
    cost.state,
    wireInteger(cost.picoUsd),
    baseline.state,
    wireInteger(baseline.picoUsd),
    encodeSavings(record.savings),
    attempts.length,
  );
  pushCall(row, attempts[0]);
  return row;
}

/** The column `detail`: JSON, so it holds no line break. */
export function encodeDetail(record: RequestRecord): string {
  const { attempts, usage } = record;
  const last = attempts.at(-1);
  return JSON.stringify([
    record.dialect,
    (record.stream ? 1 : 0) | (record.bypass ? 2 : 0),
    record.clientRetries,
    record.configGeneration,
    record.priceVersion,
    last !== undefined && sameUsage(usage, last.usage) ? null : usage,
    attempts[0] === undefined ? null : callDetail(attempts[0]),
    record.journal.map(journalLine),
  ]);
}

/** Parameters of a further attempt's row in `later_attempts`. */
export function encodeLaterAttempt(requestId: bigint, attempt: Attempt): WireRow {
  const row: WireValue[] = [requestId.toString(), attempt.index];
  pushCall(row, attempt);
  row.push(JSON.stringify(callDetail(attempt)));
  return row;
}

function pushCall(row: WireValue[], attempt: Attempt | undefined): void {
  if (attempt === undefined) {
    for (let column = 0; column < callColumns.length; column++) row.push(null);
    return;
  }
  const { tokens } = attempt.usage;
  row.push(
    attempt.endpointId,
    attempt.vendor,
    attempt.model,
    attempt.servedModel,
    attempt.outcome,
    wireInteger(attempt.cost.picoUsd),
    tokens.input ?? null,
    tokens.cacheRead ?? null,
    tokens.output ?? null,
    tokens.reasoning ?? null,
    otherTokens(tokens),
  );
}

function callDetail(attempt: Attempt): readonly unknown[] {
  const { usage } = attempt;
  const { units, region } = usage;
  const detail = [
    attempt.status,
    usage.source,
    attempt.cost.state,
    attempt.startedAtMs,
    attempt.durationUs,
    attempt.timeToFirstByteUs,
    attempt.providerRequestId,
    attempt.providerResponseId,
    attempt.finishReason,
    usage.serverToolCalls ?? null,
    usage.serviceTier ?? null,
  ];
  // Rare, so most rows do without them.
  if (units === undefined && region === undefined) return detail;
  return [...detail, units ?? null, region ?? null];
}

function otherTokens(tokens: Usage["tokens"]): string | null {
  let others: Partial<Record<TokenClass, number>> | null = null;
  for (const name in tokens) {
    const tokenClass = name as TokenClass;
    if (columnTokenClasses.includes(tokenClass)) continue;
    others ??= {};
    others[tokenClass] = tokens[tokenClass] as number;
  }
  return others === null ? null : JSON.stringify(others);
}

/** Most answers carry the very usage of their last attempt; then it is stored once. */
function sameUsage(one: Usage, other: Usage): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function encodeSavings(savings: readonly Saving[]): string | null {
  if (savings.length === 0) return null;
  return JSON.stringify(savings.map(savingLine));
}

function savingLine({ technique, picoUsd, method, aloneOffPicoUsd }: Saving): readonly string[] {
  const line = [technique, picoUsd.toString(), method];
  return aloneOffPicoUsd === undefined ? line : [...line, aloneOffPicoUsd.toString()];
}

function journalLine(entry: JournalEntry): readonly WireValue[] {
  const { stage, decision, reason, picoUsd, us, note } = entry;
  if (note !== undefined) return [stage, decision, reason, picoUsd?.toString() ?? null, us ?? null, note];
  if (us !== undefined) return [stage, decision, reason, picoUsd?.toString() ?? null, us];
  return picoUsd === undefined ? [stage, decision, reason] : [stage, decision, reason, picoUsd.toString()];
}
