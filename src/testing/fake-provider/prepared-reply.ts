import type { CountedTokens } from "./invoice.ts";
import type { InvoicePrice } from "./invoice-prices.ts";
import type { ModelLengths } from "./model-lengths.ts";

/** A part of a response body that leaves in one go: one event of a stream, or the whole. */
export interface Piece {
  readonly text: string;
  /** In the place of the text, where the body is no text. */
  readonly bytes?: Buffer;
  /** Tokens generated, reasoning included, by the time it leaves. */
  readonly generated: number;
  /** Carries a part of the answer, so that `error-event-after` and `truncate-after` count it. */
  readonly isContent: boolean;
  /** Carries the final usage. */
  readonly isUsage: boolean;
}

/** A response, complete before its first byte leaves; pacing and scenarios come after. */
export interface PreparedReply {
  readonly status: number;
  /** Header lines, each with its line end, without those of the framing. */
  readonly headers: string;
  readonly contentType: string;
  /** The provider's own id of the call, as in its header. */
  readonly requestId: string;
  readonly responseId: string | null;
  readonly servedModel: string | null;
  readonly price: InvoicePrice | null;
  /** The prompt's tokens by class; output and reasoning are zero here. */
  readonly prompt: CountedTokens;
  readonly reasoningTokens: number;
  readonly outputTokens: number;
  readonly stream: boolean;
  readonly pieces: readonly Piece[];
  /** The vendor's error event, for `error-event-after`; a function of the events sent before it where it counts them. */
  readonly errorEvent: string | ((eventsSent: number) => string);
  /** Seeds the pace. */
  readonly seed: number;
}

/** What a vendor refuses, before ids and headers are added. */
export interface Refusal {
  readonly status: number;
  /** The vendor's error as JSON text. */
  readonly body: string;
  /** Further header lines, each with its line end. */
  readonly headers?: string;
}

/** What a dialect needs to know of a call beside its body. */
export interface CallSetting {
  /** Number of the request at this provider; makes ids. */
  readonly number: number;
  readonly seed: number;
  /** Digest of the key: who owns cached prompts. */
  readonly owner: string;
  readonly nowMs: number;
  /** How much the length of an answer depends on the model; null: not at all. */
  readonly lengths: ModelLengths | null;
  /** The one model of a server of one's own; null where the provider plays the vendors. */
  readonly ownModel: string | null;
}

/** Parsed JSON of an object. */
export type JsonBody = Readonly<Record<string, unknown>>;

/** True for JSON objects. */
export function isJsonObject(value: unknown): value is JsonBody {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The array, or none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
