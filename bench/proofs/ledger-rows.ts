import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";

/** A request as its row on disk tells it: read with SQL of the proof's own, not with the code under proof. */
export interface LedgerRow {
  readonly id: bigint;
  readonly outcome: string;
  readonly attempts: number;
  readonly costState: string;
  /** 0 when the cost is unknown. */
  readonly costPicoUsd: bigint;
  readonly baselineState: string;
  readonly baselinePicoUsd: bigint;
  /** The caller's claim; proofs mark their requests with it. */
  readonly step: string | null;
  /** Sum of the savings' lines. */
  readonly savedPicoUsd: bigint;
}

/** One call to a provider, as the ledger's view tells it. */
export interface AttemptRow {
  readonly requestId: bigint;
  readonly index: number;
  readonly outcome: string;
  readonly usageSource: string;
  readonly costState: string;
  readonly costPicoUsd: bigint;
  readonly providerRequestId: string | null;
}

/** Opens the ledger of a data directory read-only; works while the gateway runs. */
export function openLedgerFile(directory: string): DatabaseSync {
  const folders = [directory, join(directory, "ledger")].filter((folder) => existsSync(folder));
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const file = files.find((name) => /ledger\.(db|sqlite)$/.test(name));
  if (file === undefined) throw new Error(`no ledger in ${directory}`);
  return new DatabaseSync(file, { readOnly: true, readBigInts: true });
}

/** Every request of a ledger. */
export function ledgerRows(directory: string): readonly LedgerRow[] {
  return query(directory, "SELECT * FROM requests ORDER BY id").map((row) => {
    const savings = JSON.parse(text(row["savings"]) ?? "[]") as readonly [string, string, string][];
    return {
      id: BigInt(row["id"] as bigint),
      outcome: text(row["outcome"]) ?? "",
      attempts: Number(row["attempt_count"]),
      costState: text(row["cost_state"]) ?? "",
      costPicoUsd: BigInt((row["cost_pico_usd"] as bigint | null) ?? 0n),
      step: text(row["step"]),
      baselineState: text(row["baseline_state"]) ?? "",
      baselinePicoUsd: BigInt((row["baseline_pico_usd"] as bigint | null) ?? 0n),
      savedPicoUsd: savings.reduce((sum, [, picoUsd]) => sum + BigInt(picoUsd), 0n),
    };
  });
}

/** Every call to a provider of a ledger. */
export function attemptRows(directory: string): readonly AttemptRow[] {
  return query(directory, "SELECT * FROM attempts ORDER BY request_id, attempt_index").map((row) => ({
    requestId: BigInt(row["request_id"] as bigint),
    index: Number(row["attempt_index"]),
    outcome: text(row["outcome"]) ?? "",
    usageSource: text(row["usage_source"]) ?? "",
    costState: text(row["cost_state"]) ?? "",
    costPicoUsd: BigInt((row["cost_pico_usd"] as bigint | null) ?? 0n),
    providerRequestId: text(row["provider_request_id"]),
  }));
}

function query(directory: string, sql: string): readonly Record<string, SQLOutputValue>[] {
  const database = openLedgerFile(directory);
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

function text(value: SQLOutputValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}
