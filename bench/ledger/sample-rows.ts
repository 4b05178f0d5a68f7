import type { DatabaseSync } from "node:sqlite";
import type { RequestRecord } from "../../src/spec/ledger.ts";
import { firstIdAt, requestIdOf } from "../../src/kit/request-id.ts";
import { sampleAttempt, sampleRecord } from "../../src/testing/ledger-conformance.ts";

/** How the ledger of the panels is spread: what a house of some size has. */
export const shape = { days: 90, features: 37, teams: 6, keys: 12, models: 5, users: 5_000, cohorts: 2, statuses: 3 };

/** The `index`-th request of the write test, a millisecond after the one before: about 750 bytes on disk. */
export function benchRecord(index: number, startMs: number): RequestRecord {
  const id = firstIdAt(startMs + index);
  const attempts = [sampleAttempt(0, { providerRequestId: `req_${index}`, providerResponseId: `chatcmpl-${index}` })];
  const claims = { feature: `feature-${index % shape.features}`, user: `user-${index % 997}`, tags: [] };
  return { ...sampleRecord(0, { claims, attempts }), id, requestId: requestIdOf(id), arrivedAtMs: startMs + index };
}

/** A whole number from 0 to `n - 1` for row `i`: a multiplicative hash (Knuth), another for each `salt`. */
const draw = (n: number, salt: number): string => `((i + ${salt}) * 2654435761 % 4294967296 / 65536 % ${n})`;

/**
 * Fills the table of requests by SQL alone, some 5 us a row: `rows` of them evenly over the days before `endMs`. The detail is short,
 * since sums never read it.
 */
export function fillLedger(database: DatabaseSync, rows: number, endMs: number): void {
  const stepUs = Math.floor((shape.days * 86_400_000_000) / rows);
  const firstUs = (endMs - shape.days * 86_400_000) * 1_000;
  const atMs = `((${firstUs} + i * ${stepUs}) / 1000)`;
  const feature = draw(shape.features, 1);
  const team = `(${feature} % ${shape.teams})`;
  const model = `(CASE WHEN ${draw(10, 3)} < 8 THEN ${feature} % ${shape.models} ELSE ${draw(shape.models, 4)} END)`;
  const cost = `(${draw(60_000, 5)} * 1000000 + ${draw(1_000, 6)})`;
  const columns: Readonly<Record<string, string>> = {
    id: `((${atMs} - 1735689600000) << 22) + i % 4096`,
    arrived_at_ms: atMs,
    duration_us: `1000 + ${draw(4_000, 7)} * ${draw(900, 8)}`,
    route: "'default'",
    key_id: `'own-' || (${team} * 2 + ${draw(2, 9)})`,
    feature: `'feature-' || ${feature}`,
    user: `'user-' || ${draw(shape.users, 10)}`,
    team: `'team-' || ${team}`,
    cohort: `CASE WHEN ${draw(20, 11)} = 0 THEN 'holdout' END`,
    requested_model: "'gpt-4o'",
    status: `CASE ${draw(100, 12)} WHEN 0 THEN 500 WHEN 1 THEN 429 ELSE 200 END`,
    outcome: `CASE WHEN ${draw(100, 12)} < 2 THEN 'error' ELSE 'ok' END`,
    origin: "'provider'",
    cache: "'miss'",
    cost_state: "'priced'",
    cost_pico_usd: cost,
    baseline_state: "'priced'",
    baseline_pico_usd: `${cost} * 3 / 2`,
    savings: `json_array(json_array('choose-target', CAST(${cost} * 3 / 2 - ${cost} AS TEXT), 'measured'))`,
    attempt_count: "1",
    first_endpoint: `'provider-' || (${model} % 3)`,
    first_vendor: "'openai'",
    first_model: `'model-' || ${model}`,
    first_outcome: "'complete'",
    first_cost_pico_usd: cost,
    first_input_tokens: draw(4_000, 13),
    first_cache_read_tokens: draw(1_000, 14),
    first_output_tokens: draw(800, 15),
    detail: "'[]'",
  };
  database.exec("BEGIN");
  database
    .prepare(
      `WITH RECURSIVE counter(i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM counter WHERE i + 1 < ?)
       INSERT INTO requests (${Object.keys(columns).join(", ")}) SELECT ${Object.values(columns).join(", ")} FROM counter`,
    )
    .run(rows);
  database.exec("COMMIT");
}
