import type { Synchronous } from "../data-directory.ts";
import type { WireRow, WireValue } from "./wire-row.ts";
import type { ThreadNews } from "../thread-news.ts";

/** Faults planted by tests that no test can bring about from outside. */
export interface LedgerFaults {
  /** `OFF`: commits do not sync, so a check that every acknowledged row was synced must fail. */
  readonly synchronous?: Synchronous;
  /** The first commits wait so long before they sync. */
  readonly stall?: { readonly commits: number; readonly delayMs: number };
  /** The thread dies when its first batch is on disk and it has not said so. */
  readonly dieAfterFirstCommit?: boolean;
}

/** What the worker is started with. */
export interface LedgerWorkerData {
  readonly directory: string;
  /** Zone of the daily sums. */
  readonly zone: string;
  readonly faults: LedgerFaults;
}

/** One request on its way: its columns but `detail`, and, where it had more than one attempt, the rows of the further ones. */
export type QueuedRow = (WireValue | readonly WireRow[])[];

/** A line of `corrections`: request id, kind, time, detail. */
export type CorrectionRow = readonly [requestId: string, kind: CorrectionKind, atMs: number, detail: string | null];

/** `spooled`: the row was not on disk when its answer left. `dropped`: rows were lost because the spool was full. */
export type CorrectionKind = "spooled" | "dropped";

/**
 * The first line of a batch's text. A line for each row follows it: the `detail`, which is JSON already and so is not put
 * into JSON again. A `replay` may have been written already, by a worker that died before it said so.
 */
export type BatchHead = readonly [rows: readonly QueuedRow[], corrections: readonly CorrectionRow[], replay: 0 | 1];

/** To the worker. A string is a batch. */
export type ToWorker = string | { readonly kind: "retain"; readonly beforeId: string } | { readonly kind: "close" };

/** From the worker. A number is the count of rows that the last batch brought to disk: one small message a commit. */
export type FromWorker =
  | number
  | { readonly kind: "write-failed"; readonly message: string }
  | { readonly kind: "row-parked"; readonly message: string }
  | { readonly kind: "fold-failed"; readonly message: string }
  | { readonly kind: "retention-failed"; readonly message: string }
  | ThreadNews;
