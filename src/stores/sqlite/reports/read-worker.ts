/** Reads sums and rows for the gateway in a thread of its own: one question after the other, over a read-only connection. */
import { parentPort, workerData } from "node:worker_threads";
import type { DatabaseSync } from "node:sqlite";
import type { ErrorCode } from "../../../spec/errors.ts";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { openForReading } from "../data-directory.ts";
import { readLatest } from "./read-latest.ts";
import { type OverviewOptions, readOverview } from "./read-overview.ts";
import { readReportFrom, type ReadReportOptions } from "./read-report.ts";

/** What the thread is started with. */
export interface ReadWorkerData {
  readonly directory: string;
}

/** What it may be asked. */
export type Question =
  | { readonly kind: "overview"; readonly options: OverviewOptions }
  | { readonly kind: "latest"; readonly limit: number }
  | { readonly kind: "report"; readonly options: Omit<ReadReportOptions, "directory"> };

/** An answer, or why there is none. */
export type Answer =
  | { readonly kind: "found"; readonly value: unknown }
  | { readonly kind: "failed"; readonly code: ErrorCode; readonly message: string };

const { directory } = workerData as ReadWorkerData;
let database: DatabaseSync | null = null;

function answer(question: Question): unknown {
  database ??= openForReading(directory);
  if (question.kind === "overview") return readOverview(database, question.options);
  return question.kind === "latest" ? readLatest(database, question.limit) : readReportFrom(database, question.options);
}

parentPort?.on("message", (question: Question) => {
  try {
    parentPort?.postMessage({ kind: "found", value: answer(question) } satisfies Answer);
  } catch (error) {
    const code = FarthingError.isInstance(error) ? error.code : "internal_error";
    const message = error instanceof Error ? error.message : String(error);
    parentPort?.postMessage({ kind: "failed", code, message } satisfies Answer);
  }
});
