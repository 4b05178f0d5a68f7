import type { Scope } from "../../../spec/caller.ts";
import type { Synchronous } from "../data-directory.ts";
import type { ThreadNews } from "../thread-news.ts";

/** Faults planted by tests that no test can bring about from outside. */
export interface BodyFaults {
  /** Every write fails as on a full disk. */
  readonly diskFull?: boolean;
  /** The thread dies when it is given its first batch. */
  readonly dieAtFirstBatch?: boolean;
  /** The thread gives no answer. */
  readonly silent?: boolean;
  /** Anything but `FULL` is for tests that need no disk. */
  readonly synchronous?: Synchronous;
}

/** What the worker is started with. */
export interface BodyWorkerData {
  readonly directory: string;
  readonly key: string;
  readonly faults: BodyFaults;
}

/** One side of an exchange on its way to the disk. */
export interface BodyAppend {
  readonly kind: "append";
  readonly id: bigint;
  readonly part: "request" | "reply";
  readonly owner: Scope;
  /** Empty where the request names none. */
  readonly user: string;
  readonly route: string;
  readonly dialect: string;
  readonly called: string;
  readonly atMs: number;
  readonly status: number | null;
  readonly complete: boolean | null;
  readonly body: Uint8Array;
}

/** The wish to destroy a user's key. */
export interface BodyErasure {
  readonly kind: "erase";
  readonly owner: Scope;
  readonly user: Scope;
  readonly atMs: number;
}

/** What becomes one transaction, in this order. */
export type BodyBatch = readonly (BodyAppend | BodyErasure)[];

/** To the worker. */
export type ToBodyWorker =
  | { readonly kind: "batch"; readonly batch: BodyBatch }
  /** Records older than this go. */
  | { readonly kind: "retain"; readonly beforeMs: number }
  | { readonly kind: "close" };

/** From the worker: the records that each erasure of the batch made unreadable, or why nothing of the batch was written. */
export type FromBodyWorker =
  | { readonly kind: "done"; readonly erased: readonly number[] }
  | { readonly kind: "failed"; readonly message: string }
  /** Nobody waits for it: the alarm tells. */
  | { readonly kind: "trouble"; readonly message: string }
  | ThreadNews;
