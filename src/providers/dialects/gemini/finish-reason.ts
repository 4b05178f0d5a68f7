import type { FinishReason } from "../../../spec/attempt.ts";
import type { JsonValue } from "../../../spec/json.ts";

/*
 * Source of the words: FinishReason in js-genai 3.1.0 (dist/genai.d.ts, 2026-11-10). Those that are missing here (OTHER,
 * LANGUAGE, MALFORMED_FUNCTION_CALL, UNEXPECTED_TOOL_CALL, TOO_MANY_TOOL_CALLS, NO_IMAGE, IMAGE_OTHER) have no word of ours.
 */
const reasons: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["SAFETY", "content-filter"],
  ["RECITATION", "content-filter"],
  ["BLOCKLIST", "content-filter"],
  ["PROHIBITED_CONTENT", "content-filter"],
  ["SPII", "content-filter"],
  ["IMAGE_SAFETY", "content-filter"],
  ["IMAGE_PROHIBITED_CONTENT", "content-filter"],
  ["IMAGE_RECITATION", "content-filter"],
  ["CONTINUATION", "pause"],
]);

/**
 * Our word for a candidate's `finishReason`; null when it has none yet. An answer that calls tools ends with STOP.
 * @param hasToolCalls the answer called a tool before or with this reason
 */
export function finishReasonOf(value: JsonValue | undefined, hasToolCalls: boolean): FinishReason | null {
  // The unspecified one is what an unset field means.
  if (typeof value !== "string" || value === "" || value === "FINISH_REASON_UNSPECIFIED") return null;
  const reason = reasons.get(value) ?? "unknown";
  return reason === "stop" && hasToolCalls ? "tool-calls" : reason;
}

/** Google's word for each of ours. A continuation would need a token that only Google can give. */
export const finishWords: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  length: "MAX_TOKENS",
  "tool-calls": "STOP",
  "content-filter": "SAFETY",
  refusal: "SAFETY",
  pause: "OTHER",
  unknown: "OTHER",
};
