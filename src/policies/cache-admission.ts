import type { FinishReason } from "../spec/attempt.ts";
import type { ModelRequest } from "../spec/request.ts";

/** Temperatures above ask for variety: providers' default is 1. */
const temperatureMax = 1;

/** Why an answer to a request is not reused; a short fact for the journal. */
export type NotReusable = "several answers" | "stateful" | "variety" | "offers tools" | "asked not to";

/**
 * Whether an earlier answer to the same body may serve again. One answer only, no state kept by the provider, no
 * variety asked for. Null: it may.
 */
export function whyNotReusable(request: ModelRequest): NotReusable | null {
  if (request.choices !== 1) return "several answers";
  if (request.stateful) return "stateful";
  if (request.temperature !== null && request.temperature > temperatureMax) return "variety";
  return null;
}

/**
 * Whether two callers that ask the same at the same moment may share one answer. As {@link whyNotReusable}, and no
 * tools: whether the answer calls one is not known yet, and a call with effects must not be carried out twice.
 */
export function whyNotShareable(request: ModelRequest): NotReusable | null {
  return request.hasTools ? "offers tools" : whyNotReusable(request);
}

/** What a caller's `cache-control` header allows. Callers may only tighten. */
export interface CacheControl {
  readonly lookUp: boolean;
  readonly store: boolean;
}

const everything: CacheControl = { lookUp: true, store: true };
const nothing: CacheControl = { lookUp: false, store: false };
const freshOnly: CacheControl = { lookUp: false, store: true };

/** Reads `no-store` and `no-cache` (RFC 9111, 5.2.1); other directives do not concern us. Null: no such header. */
export function readCacheControl(header: string | null): CacheControl {
  if (header === null) return everything;
  const directives = header.toLowerCase();
  if (directives.includes("no-store")) return nothing;
  return directives.includes("no-cache") ? freshOnly : everything;
}

/** What is known of an answer that might be stored. */
export interface AnswerFacts {
  readonly status: number;
  readonly complete: boolean;
  /** Null for an answer that was not bought now. */
  readonly finishReason: FinishReason | null;
  readonly hasToolCalls: boolean;
  readonly bytes: number;
}

/** Whether an answer may be stored: a 200 that the model finished by itself, without tool calls, small enough. */
export function mayStore(answer: AnswerFacts, entryBytesMax: number): boolean {
  const finished = answer.complete && answer.finishReason === "stop" && !answer.hasToolCalls;
  return finished && answer.status === 200 && answer.bytes <= entryBytesMax;
}
