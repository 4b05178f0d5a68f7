import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Balance } from "../../../spec/limit-store.ts";
import { limitDatabaseFile, limitSchemaSteps } from "./limit-schema.ts";
import { schemaVersionOf } from "../migrate.ts";

/**
 * Every balance in slices that begin at `fromMs` or later, one for each owner, for a program that is not the gateway: opens the
 * store of balances read-only and closes it. None where there is no store yet.
 * @throws FarthingError `config_invalid` when its schema is another version's.
 */
export function readBalances(directory: string, fromMs: number): readonly Balance[] {
  const file = join(directory, limitDatabaseFile.name);
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    schemaVersionOf(database, directory, "reader", limitSchemaSteps, limitDatabaseFile);
    const rows = database
      .prepare("SELECT account, slice_start_ms, spent, held, presumed FROM balances WHERE slice_start_ms >= ?")
      .all(fromMs);
    return rows.map((row) => ({
      account: String(row["account"]),
      sliceStartMs: Number(row["slice_start_ms"]),
      spent: BigInt(String(row["spent"])),
      held: BigInt(String(row["held"])),
      presumed: BigInt(String(row["presumed"])),
    }));
  } finally {
    database.close();
  }
}
