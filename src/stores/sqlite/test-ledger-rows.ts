import type { DatabaseSync } from "node:sqlite";
import type { RequestRecord } from "../../spec/ledger.ts";
import { createBatchWriter } from "./batch-writer.ts";
import { RowQueue } from "./row-queue.ts";

/**
 * Writes records to a database as the ledger's thread does.
 * @param foldedBelowId how far the roll-ups are; by default as the file says.
 */
export function writeRows(
  database: DatabaseSync,
  records: readonly RequestRecord[],
  foldedBelowId?: () => bigint,
): void {
  const queue = new RowQueue();
  const writer = createBatchWriter(database, () => undefined, refuse, foldedBelowId);
  for (const record of records) queue.add(record);
  while (!queue.isEmpty) writer.write(queue.take());
}

function refuse(reason: string): void {
  throw new Error(reason);
}
