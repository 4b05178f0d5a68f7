import type { FinishReason } from "../../../spec/attempt.ts";
import type { Answer, Part } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { Asked } from "../../../spec/codec.ts";
import { finishWords } from "./finish-reason.ts";
import { writeCall, writeThought } from "./write-parts.ts";
import { writeUsage } from "./write-usage.ts";

/** A whole answer as Google would send it. */
export function writeAnswer(answer: Answer, asked: Asked): Readonly<JsonObject> {
  const parts: JsonObject[] = [];
  let isMalformed = false;
  for (const part of answer.parts) {
    const written = writeAnswerPart(part);
    if (written !== null) parts.push(written);
    else isMalformed ||= part.type === "tool-call";
  }
  const candidate = lastCandidate(parts, answer.finish, isMalformed);
  const usage = writeUsage(answer.usage);
  return {
    candidates: [candidate],
    ...(usage === null ? {} : { usageMetadata: usage }),
    modelVersion: answer.model === "" ? asked.request.model : answer.model,
    responseId: answer.id === "" ? asked.requestId : answer.id,
  };
}

/** Parts that have no place in an answer say nothing there. */
function writeAnswerPart(part: Part): JsonObject | null {
  switch (part.type) {
    case "text":
      return { text: part.text, ...(part.signature === undefined ? {} : { thoughtSignature: part.signature }) };
    case "refusal":
      return { text: part.text };
    case "reasoning":
      return writeThought(part);
    case "tool-call":
      return writeCall(part);
    default:
      return null;
  }
}

/**
 * The candidate that ends an answer. Its content is never empty: Google's own client takes an answer with an empty one for
 * broken (js-genai 3.1.0, isValidContent).
 * @param isMalformed a call was left out, since its arguments were no JSON object
 */
export function lastCandidate(parts: readonly JsonObject[], finish: FinishReason, isMalformed: boolean): JsonObject {
  const isCut = finish === "length" || finish === "content-filter";
  return {
    content: { parts: parts.length === 0 ? [{ text: "" }] : [...parts], role: "model" },
    finishReason: isMalformed && !isCut ? "MALFORMED_FUNCTION_CALL" : finishWords[finish],
    index: 0,
  };
}
