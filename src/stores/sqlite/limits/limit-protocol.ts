import type { LimitAnswer, LimitCall } from "../../limit-calls.ts";
import type { Synchronous } from "../data-directory.ts";
import type { ThreadNews } from "../thread-news.ts";

/** Faults planted by tests that no test can bring about from outside. */
export interface LimitFaults {
  /** The thread dies when its first batch is on disk and it has not said so. */
  readonly dieAfterFirstCommit?: boolean;
  /** Anything but `FULL` is for races that measure exactness and not durability. */
  readonly synchronous?: Synchronous;
}

/** What the worker is started with. */
export interface LimitWorkerData {
  readonly directory: string;
  readonly link: string;
  /** Longest wait for the other processes' transactions. */
  readonly lockWaitMs: number;
  readonly faults: LimitFaults;
}

/** Calls that become one transaction. A sequence that was written already is not written again. */
export interface LimitBatch {
  readonly sequence: number;
  readonly nowMs: number;
  readonly calls: readonly LimitCall[];
}

/** To the worker. */
export type ToLimitWorker = LimitBatch | "close";

/** From the worker: answers in the order of the calls, or why nothing of the batch was written. */
export type FromLimitWorker =
  | { readonly kind: "answers"; readonly answers: readonly LimitAnswer[] }
  | { readonly kind: "failed"; readonly message: string }
  | ThreadNews;
