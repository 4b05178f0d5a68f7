import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { firstIdAt, parseRequestId } from "../../../kit/request-id.ts";
import type { Outcome, OutcomePoster, OutcomeReceipt } from "../../../spec/outcome.ts";

/** Weights are kept as whole millionths, so that a split by weight is exact. */
export const weightUnits = 1_000_000;

/** Writes posts of outcomes, each in one transaction. */
export interface OutcomeWriter {
  /** @throws the storage's error when nothing of the post was kept; the same post may be given again. */
  write(poster: OutcomePoster, outcomes: readonly Outcome[], nowMs: number): OutcomeReceipt;
}

type Row = Record<string, SQLOutputValue>;

/** Thrown to take a transaction back; never leaves this file. */
class Conflict extends Error {}

/** A writer over an open ledger. Two connections may write in turn: each waits for the other's transaction to end. */
export function createOutcomeWriter(database: DatabaseSync): OutcomeWriter {
  const rememberKey = database.prepare("INSERT OR IGNORE INTO tenant_keys (key_id, owner) VALUES (?, ?)");
  const find = database.prepare("SELECT * FROM outcomes WHERE owner = ? AND id = ?");
  const newest = database.prepare("SELECT coalesce(max(outcome_id), 0) AS newest FROM outcomes");
  const insert = database.prepare("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

  const writeAll = (poster: OutcomePoster, outcomes: readonly Outcome[], nowMs: number): OutcomeReceipt => {
    for (const keyId of poster.keyIds) rememberKey.run(keyId, poster.owner);
    const next = firstIdAt(nowMs);
    const after = (newest.get()?.["newest"] as bigint) + 1n;
    let outcomeId = next > after ? next : after;
    let stored = 0;
    for (const outcome of outcomes) {
      const before = find.get(poster.owner, outcome.id);
      if (before !== undefined) {
        if (!isSame(before, outcome)) throw new Conflict(outcome.id);
        continue;
      }
      insert.run(...parametersOf(outcomeId, poster, outcome, nowMs));
      outcomeId += 1n;
      stored += 1;
    }
    return { stored, repeated: outcomes.length - stored };
  };

  return {
    write(poster, outcomes, nowMs) {
      database.exec("BEGIN IMMEDIATE");
      try {
        const receipt = writeAll(poster, outcomes, nowMs);
        database.exec("COMMIT");
        return receipt;
      } catch (error) {
        if (database.isTransaction) database.exec("ROLLBACK");
        if (error instanceof Conflict) return { conflict: error.message };
        throw error;
      }
    },
  };
}

function parametersOf(
  outcomeId: bigint,
  poster: OutcomePoster,
  outcome: Outcome,
  nowMs: number,
): (bigint | number | string | null)[] {
  return [
    outcomeId,
    poster.owner,
    outcome.id,
    outcome.kind,
    outcome.valuePicoUsd,
    weightOf(outcome),
    outcome.session,
    requestOf(outcome),
    outcome.atMs ?? nowMs,
    outcome.atMs === null ? 0 : 1,
    poster.keyId,
  ];
}

/** The moment counts only where it was given: a post without one, repeated later, is the same post. */
function isSame(row: Row, outcome: Outcome): boolean {
  return (
    row["kind"] === outcome.kind &&
    row["value_pico_usd"] === outcome.valuePicoUsd &&
    row["weight_millionths"] === weightOf(outcome) &&
    row["session"] === outcome.session &&
    row["request_id"] === requestOf(outcome) &&
    (row["at_given"] === 1n ? row["at_ms"] === BigInt(outcome.atMs ?? -1) : outcome.atMs === null)
  );
}

function weightOf({ weight }: Outcome): bigint {
  return BigInt(Math.round(weight * weightUnits));
}

function requestOf({ requestId }: Outcome): bigint | null {
  return requestId === null ? null : parseRequestId(requestId);
}
