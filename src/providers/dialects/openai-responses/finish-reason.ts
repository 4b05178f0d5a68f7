import type { FinishReason } from "../../../spec/attempt.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { arrayOf, objectOf, textOf } from "../json-fields.ts";
import { waitsForCaller } from "./item-facts.ts";

/** Why a response is incomplete, in the vendor's words and ours (openai-node 7.57, Response.IncompleteDetails). */
const incompleteReasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["max_output_tokens", "length"],
  ["content_filter", "content-filter"],
]);

/** What was seen of an answer besides its last event; a stream's last event need not repeat the output. */
export interface SeenOutput {
  readonly refused: boolean;
  /** A call that the caller has to run. */
  readonly called: boolean;
}

/** Nothing was seen but the response itself. */
export const nothingSeen: SeenOutput = { refused: false, called: false };

/**
 * Our word for the end of a response; null when it has none (failed, cancelled, still running). The dialect has no
 * word for "calls tools": a completed response that holds calls for the caller means that.
 */
export function finishReasonOf(response: Readonly<JsonObject>, seen: SeenOutput): FinishReason | null {
  const status = response["status"];
  if (status === "incomplete") {
    const reason = textOf(objectOf(response["incomplete_details"])?.["reason"]);
    return incompleteReasons.get(reason ?? "") ?? "unknown";
  }
  if (status !== "completed") return null;
  const output = arrayOf(response["output"]).map(objectOf);
  if (seen.called || output.some(waitsForCaller)) return "tool-calls";
  return seen.refused || output.some(holdsRefusal) ? "refusal" : "stop";
}

/** True for a message in which the model declines. */
function holdsRefusal(item: Readonly<JsonObject> | null): boolean {
  return arrayOf(item?.["content"]).some((part) => textOf(objectOf(part)?.["refusal"]) !== null);
}

/** How a response that ended for `reason` is written: its status and why it is incomplete. */
export interface WrittenFinish {
  readonly status: "completed" | "incomplete";
  /** Null in a completed response, and where the dialect has no word. */
  readonly incompleteReason: string | null;
}

/**
 * The way back. A refusal has a content part of its own here; a provider that stopped without one (Anthropic's
 * classifiers) is told as filtered, since a completed response would say that all is well. A pause has no word here.
 */
export function writtenFinishOf(reason: FinishReason, hasRefusal: boolean): WrittenFinish {
  if (reason === "length") return { status: "incomplete", incompleteReason: "max_output_tokens" };
  if (reason === "content-filter" || (reason === "refusal" && !hasRefusal)) {
    return { status: "incomplete", incompleteReason: "content_filter" };
  }
  return { status: reason === "pause" ? "incomplete" : "completed", incompleteReason: null };
}
