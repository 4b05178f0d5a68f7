import type { FinishReason } from "../../../spec/attempt.ts";
import type { JsonValue } from "../../../spec/json.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["stop", "stop"],
  ["length", "length"],
  ["tool_calls", "tool-calls"],
  ["function_call", "tool-calls"],
  ["content_filter", "content-filter"],
]);

/** Our word for a choice's `finish_reason`; null when it has none yet. A refusal ends with `stop` in this dialect. */
export function finishReasonOf(value: JsonValue | undefined, refused: boolean): FinishReason | null {
  if (typeof value !== "string") return null;
  const reason = reasons.get(value) ?? "unknown";
  return reason === "stop" && refused ? "refusal" : reason;
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  "content-filter": "content_filter",
  refusal: "content_filter",
  pause: "stop",
  unknown: "stop",
};

/**
 * The dialect's word for why an answer ended. One that refuses in words of its own ends with `stop`; one that was stopped
 * without any is filtered.
 */
export function finishWordOf(reason: FinishReason, hasRefusal: boolean, hasToolCalls: boolean): string {
  if (reason === "refusal" && hasRefusal) return "stop";
  return reason === "unknown" && hasToolCalls ? "tool_calls" : words[reason];
}
