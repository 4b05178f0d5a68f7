import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { openForWriting } from "../data-directory.ts";
import { writeRows } from "./test-ledger-rows.ts";

/** A ledger's file for one test. */
export interface TestLedger {
  readonly directory: string;
  readonly database: DatabaseSync;
  write(records: readonly RequestRecord[]): void;
  /** Closes it, where the test did not, and removes its directory. */
  remove(): void;
}

/** Makes an empty one, in a directory of its own. */
export function makeTestLedger(): TestLedger {
  const directory = mkdtempSync(join(tmpdir(), "farthing-ledger-"));
  const database = openForWriting(directory, "OFF");
  return {
    directory,
    database,
    write: (records) => writeRows(database, records),
    remove: () => {
      if (database.isOpen) database.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** A cost of this amount; null: an unknown one. */
export function costOf(picoUsd: bigint | null): RequestRecord["cost"] {
  return picoUsd === null ? { state: "unpriced", picoUsd } : { state: "priced", picoUsd };
}
