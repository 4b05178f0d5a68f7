import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { LatestRequest } from "../../../spec/admin-api.ts";
import { requestIdOf } from "../../../kit/request-id.ts";
import { dimensionSql } from "../roll-ups/report-dimensions.ts";

const limitMax = 1_000;

/** The newest requests, newest first: `limit` of them, 1 to 1,000. Some 10 us a request. */
export function readLatest(database: DatabaseSync, limit: number): readonly LatestRequest[] {
  return database
    .prepare(
      `SELECT r.id, r.arrived_at_ms, r.duration_us, r.feature, r.requested_model, r.status, r.outcome, r.cache,
              r.cost_state, r.cost_pico_usd, r.baseline_pico_usd, r.detail ->> '$[1]' AS flags,
              CASE WHEN r.attempt_count > 0 THEN ${dimensionSql("model")} END AS model
       FROM requests AS r ORDER BY r.id DESC LIMIT ?`,
    )
    .all(Math.min(Math.max(Math.floor(limit), 1), limitMax))
    .map(latestOf);
}

function latestOf(row: Readonly<Record<string, SQLOutputValue>>): LatestRequest {
  const text = (name: string): string => String(row[name]);
  const textOrNull = (name: string): string | null => (row[name] === null ? null : String(row[name]));
  return {
    requestId: requestIdOf(row["id"] as bigint),
    arrivedAtMs: Number(row["arrived_at_ms"]),
    durationUs: Number(row["duration_us"]),
    feature: textOrNull("feature"),
    requestedModel: text("requested_model"),
    model: textOrNull("model"),
    status: Number(row["status"]),
    outcome: text("outcome"),
    cache: text("cache"),
    costState: text("cost_state"),
    costPicoUsd: textOrNull("cost_pico_usd"),
    savedPicoUsd: savedOf(row["cost_pico_usd"], row["baseline_pico_usd"]),
    stream: (Number(row["flags"]) & 1) !== 0,
  };
}

function savedOf(cost: SQLOutputValue | undefined, baseline: SQLOutputValue | undefined): string | null {
  return typeof cost === "bigint" && typeof baseline === "bigint" ? (baseline - cost).toString() : null;
}
