import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { RequestRecord } from "../spec/ledger.ts";
import { openForWriting } from "../stores/sqlite/data-directory.ts";
import { writeRows } from "../stores/sqlite/ledger/test-ledger-rows.ts";

/** Makes the data directory `data` of a folder, with a ledger of these requests in it. */
export function writeLedger(folder: string, records: readonly RequestRecord[]): void {
  const directory = join(folder, "data");
  mkdirSync(directory, { mode: 0o700 });
  const database = openForWriting(directory, "OFF");
  writeRows(database, records);
  database.close();
}
