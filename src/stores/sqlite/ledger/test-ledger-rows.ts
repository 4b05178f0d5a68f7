import type { DatabaseSync } from "node:sqlite";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { createBatchWriter } from "./batch-writer.ts";
import type { Fold } from "../roll-ups/fold-rows.ts";
import { RowQueue } from "./row-queue.ts";

/**
 * Writes records to a database as the ledger's thread does.
 * @param foldedBelowId how far the roll-ups are; by default as the file says.
 * @param fold is handed the rows over, as in the ledger's thread; by default it must read them.
 */
export function writeRows(
  database: DatabaseSync,
  records: readonly RequestRecord[],
  foldedBelowId?: () => bigint,
  fold?: Pick<Fold, "take">,
): void {
  const queue = new RowQueue();
  const writer = createBatchWriter(
    database,
    () => undefined,
    refuse,
    foldedBelowId,
    (rows) => fold?.take(rows),
  );
  for (const record of records) queue.add(record);
  while (!queue.isEmpty) writer.write(queue.take());
}

function refuse(reason: string): void {
  throw new Error(reason);
}
