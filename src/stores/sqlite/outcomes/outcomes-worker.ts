/** Writes posts of outcomes in a thread of its own, in the order they come; says what became of each. */
import { parentPort, workerData } from "node:worker_threads";
import type { Outcome, OutcomePoster, OutcomeReceipt } from "../../../spec/outcome.ts";
import { openForWriting } from "../data-directory.ts";
import { createOutcomeWriter } from "./outcomes-writer.ts";

/** What the thread is started with. */
export interface OutcomeWorkerData {
  readonly directory: string;
}

/** One post, or the wish to end. */
export type ToOutcomeWorker =
  | {
      readonly number: number;
      readonly poster: OutcomePoster;
      readonly outcomes: readonly Outcome[];
      readonly nowMs: number;
    }
  | "close";

/** What became of a post. `failed` holds the storage's words. */
export type FromOutcomeWorker =
  | { readonly number: number; readonly receipt: OutcomeReceipt }
  | { readonly number: number; readonly failed: string };

/** Longest wait for the ledger's own transaction to end: that of a checkpoint on a slow disk. */
const busyMs = 5_000;

const { directory } = workerData as OutcomeWorkerData;
const database = openForWriting(directory, "FULL");
// The ledger's own thread copies the log back; a second one doing so would only make it wait.
database.exec(`PRAGMA busy_timeout=${busyMs}; PRAGMA wal_autocheckpoint=0`);
const writer = createOutcomeWriter(database);

parentPort?.on("message", (message: ToOutcomeWorker) => {
  if (message === "close") {
    database.close();
    parentPort?.close();
    return;
  }
  const { number } = message;
  try {
    const receipt = writer.write(message.poster, message.outcomes, message.nowMs);
    parentPort?.postMessage({ number, receipt } satisfies FromOutcomeWorker);
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ number, failed } satisfies FromOutcomeWorker);
  }
});
