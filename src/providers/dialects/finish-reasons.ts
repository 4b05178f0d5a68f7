import type { FinishReason } from "../../spec/attempt.ts";

/**
 * The reason of an answer with several choices: the first that is not a plain stop, since a single unfinished choice
 * makes the whole answer unfinished.
 */
export function combineFinish(earlier: FinishReason | null, next: FinishReason): FinishReason {
  return earlier === null || earlier === "stop" ? next : earlier;
}
