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
