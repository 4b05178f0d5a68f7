import type { SQLOutputValue } from "node:sqlite";
import { claimNames } from "../../../spec/caller.ts";
import type { ExportedRow } from "../../../spec/report.ts";
import { requestIdOf } from "../../../kit/request-id.ts";
import { idAt } from "../id-window.ts";
import { openForReading } from "../data-directory.ts";
import { dimensionSql } from "../roll-ups/report-dimensions.ts";
import { tokenMeasures } from "../roll-ups/row-measures.ts";

/** Rows read at once: a longer reading would keep the writer from using its log again. */
const pageRows = 2_000;

const columns = [
  "r.id",
  "r.arrived_at_ms",
  "r.duration_us",
  "r.first_byte_us",
  "r.route",
  "r.key_id",
  ...claimNames.map((name) => `r."${name}"`),
  "r.tags",
  "r.requested_model",
  `CASE WHEN r.attempt_count > 0 THEN ${dimensionSql("model")} END AS model`,
  `CASE WHEN r.attempt_count > 0 THEN ${dimensionSql("provider")} END AS provider`,
  "r.status",
  "r.outcome",
  "r.origin",
  "r.cache",
  "r.cost_state",
  "r.cost_pico_usd",
  "r.baseline_state",
  "r.baseline_pico_usd",
  "r.savings",
  "r.attempt_count",
  ...tokenMeasures.map(({ name, sql }) => `${sql} AS ${name}`),
  "r.detail ->> '$[3]' AS config_generation",
  "r.detail ->> '$[4]' AS price_version",
];

/**
 * Every request of a window, oldest first, a page at a time: some 15 us a row. Rows that are written while it runs may be left out.
 * @throws FarthingError `not_found` without a ledger.
 */
export function* exportRows(directory: string, fromMs: number, toMs: number): Generator<ExportedRow> {
  const database = openForReading(directory);
  try {
    const page = database.prepare(
      `SELECT ${columns.join(", ")} FROM requests AS r WHERE r.id >= ? AND r.id < ? ORDER BY r.id LIMIT ${pageRows}`,
    );
    let fromId = idAt(fromMs);
    const toId = idAt(toMs);
    for (;;) {
      const rows = page.all(fromId, toId);
      for (const row of rows) yield exportedRow(row);
      const last = rows.at(-1)?.["id"];
      if (rows.length < pageRows || typeof last !== "bigint") return;
      fromId = last + 1n;
    }
  } finally {
    database.close();
  }
}

function exportedRow(row: Readonly<Record<string, SQLOutputValue>>): ExportedRow {
  const { id, savings, tags, cost_pico_usd: cost, baseline_pico_usd: baseline, ...rest } = row;
  const plain = Object.entries(rest).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]);
  return {
    columns: Object.fromEntries(plain) as ExportedRow["columns"],
    requestId: requestIdOf(id as bigint),
    costPicoUsd: cost as bigint | null,
    baselinePicoUsd: baseline as bigint | null,
    savedPicoUsd: savedOf(savings as string | null),
    tags: tags === null ? [] : (JSON.parse(tags as string) as string[]),
  };
}

/** A technique that stands twice counts once, with its sum. */
function savedOf(savings: string | null): Readonly<Record<string, bigint>> {
  const saved: Record<string, bigint> = {};
  if (savings === null) return saved;
  for (const [technique, digits] of JSON.parse(savings) as [string, string][]) {
    saved[technique] = (saved[technique] ?? 0n) + BigInt(digits);
  }
  return saved;
}
