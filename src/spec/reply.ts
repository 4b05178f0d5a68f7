import type { CallFacts } from "./attempt.ts";
import type { Cost, PicoUsd } from "./money.ts";
import type { Usage } from "./usage.ts";

/** Where the answer came from: bought now; stored, of the same request; stored, of one that differs in its spelling only; shared. */
export type Origin = "provider" | "exact" | "normalised" | "coalesced";

/** What every reply knows when it starts. */
interface ReplyStart {
  readonly status: number;
  /** Header names and values in turn, as received, hop-by-hop headers removed. */
  readonly headers: readonly string[];
  readonly origin: Origin;
}

/** What a reply knows when it has ended: for a whole reply at once, for a stream with its last bytes. */
export interface ReplyEnd {
  /** True when the answer came to its proper end; only such answers are stored or shared. */
  readonly complete: boolean;
  /** Usage of the answer the caller got; of a cached one, what the provider counted when it was bought. */
  readonly usage: Usage;
  /** The call that brought the answer; null when none was made for it (a hit, a follower). */
  readonly call: CallFacts | null;
  /** The purchase behind a cached or shared answer; null for one bought now. */
  readonly reused: ReusedAnswer | null;
  /** The part of the answer that was not bought for this request, where the answer has parts. */
  readonly reusedPart?: ReusedPart;
  /** Set by settle on the way out, for the caller's headers. */
  readonly settled: Settlement | null;
}

/** Where a reused answer was bought. */
export interface ReusedAnswer {
  readonly boughtBy: bigint;
  readonly endpointId: string;
  readonly vendor: string;
  /** The model that was asked then. */
  readonly model: string;
}

/** Parts of an answer that were found, shared, or asked twice in one request. */
export interface ReusedPart {
  /** What a provider would have counted for them: shares of what it counted when they were bought. */
  readonly usage: Usage;
  /** The purchase behind the first of them; null where there is none. */
  readonly purchase: ReusedAnswer | null;
}

/** The money of one request, as it stands in its ledger row. */
export interface Settlement {
  readonly cost: Cost;
  readonly baseline: Cost;
  /** Baseline minus cost; null when either is unknown. */
  readonly savedPicoUsd: PicoUsd | null;
}

/** An answer in one piece: JSON of the caller's dialect, or an upstream error unmodified. */
export interface WholeReply extends ReplyStart {
  readonly kind: "whole";
  readonly body: Uint8Array;
  readonly end: ReplyEnd;
}

/** An answer that arrives in pieces: SSE bytes of the caller's dialect. */
export interface StreamReply extends ReplyStart {
  readonly kind: "stream";
  /** Starts the flow. Called exactly once. */
  readonly open: (sink: StreamSink) => StreamControl;
}

/** An answer to one request. */
export type Reply = WholeReply | StreamReply;

/**
 * Where a stream's bytes go. A stage wraps the sink of the stage outside it. After `end` nothing follows.
 * `end` is called exactly once, whatever happens.
 */
export interface StreamSink {
  /** Takes bytes; false asks the source to pause until `resume`. The bytes must not be changed. */
  chunk(bytes: Uint8Array): boolean;
  /**
   * The stream is over. `lastBytes` holds the terminal event (or the dialect's error event) and has not been passed to
   * `chunk`: it leaves only after every stage outside has done its work, so the ledger can be synced before it.
   */
  end(lastBytes: Uint8Array, end: ReplyEnd): void;
}

/** The reader's hand on a stream. */
export interface StreamControl {
  resume(): void;
  /** The reader left. The source cuts its upstream and calls `end` with what is known; idempotent. */
  cancel(): void;
}
