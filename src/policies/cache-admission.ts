import type { FinishReason } from "../spec/attempt.ts";
import type { ModelRequest } from "../spec/request.ts";
import type { ExactCachePolicy } from "../spec/route.ts";

/** Temperatures above ask for variety: providers' default is 1. */
const temperatureMax = 1;

/** Why an answer to a request is not reused; a short fact for the journal. */
export type NotReusable = "several answers" | "stateful" | "variety" | "offers tools" | "asked not to";

/**
 * Whether an earlier answer to the same body may serve again. No state kept by the provider; one answer only and no
 * variety asked for, unless the operator says of the route that the same variety will do (`allowsVariety`). Null: it may.
 */
export function whyNotReusable(request: ModelRequest, allowsVariety = false): NotReusable | null {
  if (request.stateful) return "stateful";
  if (allowsVariety) return null;
  if (request.choices !== 1) return "several answers";
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

/** What is known of an answer that might be stored. */
export interface AnswerFacts {
  readonly status: number;
  readonly complete: boolean;
  /** Null for an answer that was not bought now. */
  readonly finishReason: FinishReason | null;
  /** Names of the tools that it calls; null: it calls some, and their names are not known. */
  readonly calledTools: readonly string[] | null;
  readonly bytes: number;
}

/**
 * Whether an answer may be stored: a 200 that the model finished by itself, small enough, that calls no tool but those
 * of which the route says that their calls have no effect.
 */
export function mayStore(
  answer: AnswerFacts,
  { entryBytesMax, pureTools }: Pick<ExactCachePolicy, "entryBytesMax" | "pureTools">,
): boolean {
  const { calledTools, finishReason } = answer;
  if (!answer.complete || answer.status !== 200 || answer.bytes > entryBytesMax || calledTools === null) return false;
  if (calledTools.length === 0) return finishReason === "stop";
  // Some dialects end a forced call with "stop".
  const finished = finishReason === "stop" || finishReason === "tool-calls";
  return finished && calledTools.every((name) => pureTools.includes(name));
}
