import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { arrivalOf, firstIdAt } from "../../../kit/request-id.ts";
import type { PicoUsd } from "../../../spec/money.ts";
import { exactSum, exactSumOf } from "../exact-sums.ts";
import { quarterMs } from "../roll-ups/report-dimensions.ts";
import { readRollUpState } from "../roll-ups/roll-up-state.ts";
import { rollUpTable } from "../roll-ups/schema-roll-ups.ts";

type Row = Record<string, SQLOutputValue>;

/** Milliseconds of the first id, a whole quarter since 1970. */
const epochMs = arrivalOf(0n);
/** Days that the rules look at. */
export const daysMax = 35;
/** The longest request settles sooner; its row belongs to the quarter of its arrival. */
const openMs = 3_600_000;
/** Keys told apart; further ones count in the whole only. */
const keysMax = 2_000;

/** Spending of a quarter of an hour. */
export interface QuarterSum {
  costPicoUsd: PicoUsd;
  requests: number;
}

/**
 * Sums of quarters of an hour, kept in memory: what is older than an hour is read from the rows once. Some 3,400 quarters, and
 * as many again for each key that called in them.
 */
export class QuarterSums {
  /** By start, milliseconds since the epoch. */
  readonly whole: Map<number, QuarterSum> = new Map();
  readonly byKey: Map<string, Map<number, QuarterSum>> = new Map();
  /** Start of the first quarter that more rows may come to. */
  #finalToMs = 0;

  /** Brings the sums up to `nowMs`. The first time reads 35 days, later times the last hour. */
  update(database: DatabaseSync, nowMs: number): void {
    const oldestMs = startOfQuarter(nowMs - (daysMax + 1) * 86_400_000);
    const openFromMs = startOfQuarter(nowMs - openMs);
    const fromMs = Math.max(oldestMs, Math.min(this.#finalToMs, openFromMs));
    for (const sums of [this.whole, ...this.byKey.values()]) {
      for (const quarter of sums.keys()) if (quarter < oldestMs || quarter >= fromMs) sums.delete(quarter);
    }
    for (const [keyId, sums] of this.byKey) if (sums.size === 0) this.byKey.delete(keyId);
    for (const row of readQuarters(database, fromMs, nowMs)) {
      const quarter = Number(row["start_ms"]);
      const sum = { costPicoUsd: exactSumOf(row, "cost"), requests: Number(row["requests"]) };
      addTo(this.whole, quarter, sum);
      const keyId = String(row["key_id"]);
      const key = this.byKey.get(keyId) ?? this.#newKey(keyId);
      if (key !== null) addTo(key, quarter, sum);
    }
    this.#finalToMs = openFromMs;
  }

  #newKey(keyId: string): Map<number, QuarterSum> | null {
    if (this.byKey.size >= keysMax) return null;
    const sums = new Map<number, QuarterSum>();
    this.byKey.set(keyId, sums);
    return sums;
  }
}

/**
 * Sums by quarter and key: from the ledger's own sums where they hold a quarter whole, and the rows that came to it late; from rows
 * elsewhere (about 15 us a row).
 */
function readQuarters(database: DatabaseSync, fromMs: number, nowMs: number): Iterable<Row> {
  const { foldedBelowId, quartersFromMs } = readRollUpState(database);
  const endId = firstIdAt(nowMs + 1);
  const lowestId = firstIdAt(fromMs);
  const foldedMs = foldedBelowId === 0n ? 0 : startOfQuarter(arrivalOf(foldedBelowId));
  const sumsFromMs = Math.max(fromMs, startOfQuarter(quartersFromMs + quarterMs - 1));
  const sumsToMs = Math.max(sumsFromMs, Math.min(foldedMs, startOfQuarter(nowMs)));
  const [sumsFromId, sumsToId] = [firstIdAt(sumsFromMs), firstIdAt(sumsToMs)];
  const ofRows = `SELECT (r.id >> 22) / ${quarterMs} * ${quarterMs} + ${epochMs} AS start_ms, r.key_id AS key_id, count(*) AS requests,
    ${exactSum("r.cost_pico_usd", "cost")} FROM requests AS r WHERE`;
  return database
    .prepare(
      `SELECT start_ms, key_id, sum(requests) AS requests, sum(cost_quotient) AS cost_quotient, sum(cost_remainder) AS cost_remainder
       FROM ${rollUpTable("quarter", "sums")} WHERE start_ms >= ? AND start_ms < ? GROUP BY start_ms, key_id
       UNION ALL ${ofRows} r.id IN (SELECT id FROM late_rows WHERE id >= ? AND id < ?) GROUP BY 1, 2
       UNION ALL ${ofRows} r.id >= ? AND r.id < ? GROUP BY 1, 2
       UNION ALL ${ofRows} r.id >= ? AND r.id < ? GROUP BY 1, 2`,
    )
    .iterate(sumsFromMs, sumsToMs, sumsFromId, sumsToId, lowestId, sumsFromId, sumsToId, endId);
}

/** Sum of the quarters that begin in a window. */
export function sumBetween(sums: ReadonlyMap<number, QuarterSum>, fromMs: number, toMs: number): QuarterSum {
  const all = { costPicoUsd: 0n, requests: 0 };
  for (let quarter = startOfQuarter(fromMs + quarterMs - 1); quarter < toMs; quarter += quarterMs) {
    const sum = sums.get(quarter);
    if (sum === undefined) continue;
    all.costPicoUsd += sum.costPicoUsd;
    all.requests += sum.requests;
  }
  return all;
}

/** Start of the quarter that a moment lies in. */
export function startOfQuarter(ms: number): number {
  return Math.floor(ms / quarterMs) * quarterMs;
}

function addTo(sums: Map<number, QuarterSum>, quarter: number, more: QuarterSum): void {
  const sum = sums.get(quarter);
  if (sum === undefined) {
    sums.set(quarter, { ...more });
    return;
  }
  sum.costPicoUsd += more.costPicoUsd;
  sum.requests += more.requests;
}
