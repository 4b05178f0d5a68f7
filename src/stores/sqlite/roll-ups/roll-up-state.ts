import type { DatabaseSync } from "node:sqlite";
import { arrivalOf } from "../../../kit/request-id.ts";
import { endOfUnit, startOfUnit } from "../../../kit/zoned-time.ts";

/** From `fromMs` on, until the next of the list begins, the daily sums are of this zone's days. */
export interface ZoneSpan {
  readonly fromMs: number;
  readonly zone: string;
}

/** How far the roll-ups go. */
export interface RollUpState {
  /** Rows below this id are in the sums, save those listed in `late_rows`. */
  readonly foldedBelowId: bigint;
  /** First quarter of an hour that is kept, milliseconds. */
  readonly quartersFromMs: number;
  /** First moment that daily sums are kept for. */
  readonly daysFromMs: number;
  /** Rows before this moment may have been deleted. */
  readonly rowsFromMs: number;
  /** Ordered; empty before the first fold. */
  readonly zones: readonly ZoneSpan[];
}

/** Reads the state as the connection's transaction sees it. */
export function readRollUpState(database: DatabaseSync): RollUpState {
  const state = database
    .prepare("SELECT s.*, (SELECT before_id FROM retention) AS before_id FROM roll_up_state AS s")
    .get();
  const beforeId = BigInt(state?.["before_id"] as bigint);
  return {
    foldedBelowId: BigInt(state?.["folded_below_id"] as bigint),
    quartersFromMs: Number(state?.["quarters_from_ms"]),
    daysFromMs: Number(state?.["days_from_ms"]),
    rowsFromMs: beforeId === 0n ? 0 : arrivalOf(beforeId),
    zones: database
      .prepare("SELECT from_ms, zone FROM roll_up_zones ORDER BY from_ms")
      .all()
      .map((row) => ({ fromMs: Number(row["from_ms"]), zone: String(row["zone"]) })),
  };
}

/** First moment of the daily sums' span that holds `ms`: a day of the zone in force then, cut where the zone changed. */
export function dayStartOf(zones: readonly ZoneSpan[], ms: number): number {
  const span = spanAt(zones, ms);
  return Math.max(startOfUnit(ms, "day", span.zone), span.fromMs);
}

/** First moment after that span. */
export function dayEndOf(zones: readonly ZoneSpan[], ms: number): number {
  const next = zones.find((span) => span.fromMs > ms);
  return Math.min(endOfUnit(ms, "day", spanAt(zones, ms).zone), next?.fromMs ?? Number.POSITIVE_INFINITY);
}

function spanAt(zones: readonly ZoneSpan[], ms: number): ZoneSpan {
  return zones.findLast((span) => span.fromMs <= ms) ?? { fromMs: 0, zone: "UTC" };
}
