import type { FinishReason } from "../../../spec/attempt.ts";
import type { JsonValue } from "../../../spec/json.ts";

const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool-calls"],
  ["refusal", "refusal"],
  ["pause_turn", "pause"],
]);

/** Our word for a message's `stop_reason`; null when it has none yet. */
export function finishReasonOf(value: JsonValue | undefined): FinishReason | null {
  return typeof value === "string" ? (reasons.get(value) ?? "unknown") : null;
}
