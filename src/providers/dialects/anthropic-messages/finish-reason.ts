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

const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  "tool-calls": "tool_use",
  "content-filter": "refusal",
  refusal: "refusal",
  pause: "pause_turn",
  // A finished message must have a reason, and it did finish.
  unknown: "end_turn",
};

/**
 * The `stop_reason` of an answer from another dialect. Clients of this one run tools only on `tool_use`, which some
 * providers do not tell from a plain stop.
 */
export function stopReasonOf(finish: FinishReason, hasToolCalls: boolean, stopSequence: string | null): string {
  if (finish === "stop" || finish === "unknown") {
    if (hasToolCalls) return "tool_use";
    if (stopSequence !== null) return "stop_sequence";
  }
  return stopReasons[finish];
}
