/** Reads the facts for the alerts in a thread of its own, one look a message; says what it found, or what went wrong. */
import { parentPort, workerData } from "node:worker_threads";
import type { LedgerFacts } from "../../../spec/alert.ts";
import { createFactsReader, type FactsOptions } from "./read-facts.ts";

/** What came of a look. */
export type FromFactsWorker = { readonly facts: LedgerFacts } | { readonly failed: string };

const reader = createFactsReader(workerData as FactsOptions);
parentPort?.on("message", (nowMs: number) => {
  try {
    parentPort?.postMessage({ facts: reader.read(nowMs) } satisfies FromFactsWorker);
  } catch (error) {
    const failed = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ failed } satisfies FromFactsWorker);
  }
});
