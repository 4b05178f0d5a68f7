import type { AttemptLog } from "./attempt.ts";
import type { CancelSignal } from "./cancel-signal.ts";
import type { Caller } from "./caller.ts";
import type { CacheControl } from "./cache-control.ts";
import type { Journal } from "./decision.ts";
import type { Ports } from "./ports.ts";
import type { ModelRequest, RequestEdit } from "./request.ts";
import type { Route } from "./route.ts";
import type { Target } from "./target.ts";

/** What stages may use of an engine: everything outside, and the engine itself. */
export interface EnginePorts extends Ports {
  /**
   * Makes the request once more by itself, past every lookup, so that its fresh answer is stored. Has a row of its own.
   * Resolves when that is over; never rejects. Null: nobody does.
   */
  readonly refresh: ((context: Context) => Promise<void>) | null;
}

/**
 * Everything a stage may know about a request. Immutable: a stage passes `next` a derived copy. There is no free-form
 * bag; what a stage needs to remember stays in its closure.
 */
export interface Context {
  /** Sortable 63-bit integer; the ledger's row id. Its text form is `requestId`. */
  readonly id: bigint;
  /** `fr_` and the id in base 36; what headers, logs and the CLI show. */
  readonly requestId: string;
  readonly request: ModelRequest;
  /** The caller's bytes. They go upstream as they are when no stage changed the request. */
  readonly rawBody: Uint8Array;
  /** Query string of the caller's URL with its `?`, or empty. */
  readonly query: string;
  /** Header names and values in turn that may go upstream: hop-by-hop, credentials and our own removed. */
  readonly headers: readonly string[];
  readonly caller: Caller;
  readonly route: Route;
  /** Wall time of arrival, for prices and records. */
  readonly arrivedAtMs: number;
  /** Monotonic time of arrival. */
  readonly arrivedAtUs: number;
  /** Monotonic time after which no new attempt starts and a running one is cut. */
  readonly deadlineUs: number;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: CancelSignal;
  readonly bypass: boolean;
  /** Targets in the order of preference. The surface starts with one: the model as asked, at its own provider. */
  readonly targets: readonly [Target, ...Target[]];
  /**
   * The key under which an answer to this request may be reused, once a stage has reckoned it; null when it may not be.
   * Undefined: nobody asked yet.
   */
  readonly answerKey: string | null | undefined;
  /** What the caller asks of the caches. */
  readonly cacheControl: CacheControl;
  /** Ids of the documents that the prompt was made of, where the caller tells: an answer is forgotten with each of them. At most 32. */
  readonly documents: readonly string[];
  /** Why this request is made when no caller made it: `refresh`, to have a fresh answer in place of a stale one. Absent: a caller's. */
  readonly purpose?: "refresh";
  /** Which call of this request is being made, from 0; set by retry. */
  readonly attemptIndex: number;
  /** Changes of the body decided so far; none set: the caller's bytes go upstream as they are. */
  readonly edit: RequestEdit;
  /** The caller's own count of its retries (`X-Stainless-Retry-Count`), where its client tells; else 0. */
  readonly clientRetries: number;
  /** Asked before a further call, at this target, is made: false when a budget has no room for it. Never rejects. Absent: nothing to ask. */
  readonly spendGuard?: (target: Target) => Promise<boolean>;
  readonly ports: EnginePorts;
  readonly journal: Journal;
  readonly attempts: AttemptLog;
}
