import type { Cost } from "./money.ts";
import type { Usage } from "./usage.ts";

/**
 * How one call to a provider ended. `complete`: the terminal event or the whole body came. `refused`: an error status.
 * `truncated`: the stream ended without its terminal event. `failed-before-send`: nothing left, so nothing is billed.
 * `unknown`: sent, and no byte came back: the provider may have billed it.
 */
export type AttemptOutcome =
  | "complete"
  | "refused"
  | "stream-error"
  | "truncated"
  | "aborted"
  | "timeout"
  | "failed-before-send"
  | "unknown";

/** What the innermost stage learnt from one call; meter turns it into an Attempt. */
export interface CallFacts {
  readonly outcome: AttemptOutcome;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Source `unknown` when the provider reported none. */
  readonly usage: Usage;
  /** Bytes of generated text that arrived, for an estimate; 0 when unknown. */
  readonly generatedBytes: number;
  readonly servedModel: string | null;
  readonly providerRequestId: string | null;
  readonly providerResponseId: string | null;
  readonly finishReason: FinishReason | null;
  readonly hasToolCalls: boolean;
  readonly startedAtMs: number;
  readonly durationUs: number;
  readonly timeToFirstByteUs: number | null;
}

/** The calls made for one request, in order. Append-only, like the journal: a request that fails has no reply to carry them. */
export interface AttemptLog {
  append(attempt: Attempt): void;
  readonly entries: readonly Attempt[];
}

/** One call to a provider: its own line in the ledger, failed ones too. */
export interface Attempt {
  /** 0 for the first. */
  readonly index: number;
  readonly endpointId: string;
  readonly vendor: string;
  /** The model we asked. */
  readonly model: string;
  /** The model that the reply says served, where it says so. */
  readonly servedModel: string | null;
  readonly outcome: AttemptOutcome;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly startedAtMs: number;
  readonly durationUs: number;
  /** To the first byte of the body; null when none came. */
  readonly timeToFirstByteUs: number | null;
  /** The provider's id in a response header, to match its own log. */
  readonly providerRequestId: string | null;
  /** The id inside the reply's body. */
  readonly providerResponseId: string | null;
  readonly finishReason: FinishReason | null;
}

/** Why the model stopped, in one vocabulary for all dialects. */
export type FinishReason = "stop" | "length" | "tool-calls" | "content-filter" | "refusal" | "pause" | "unknown";
