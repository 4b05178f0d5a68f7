import type { ReasoningPart } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { arrayOf, objectOf, textOf } from "../json-fields.ts";

/** Thinking as it stands in a message. */
export interface ReasoningReading {
  readonly parts: readonly ReasoningPart[];
  /** An item of a kind that is not known here was passed over. */
  readonly hasUnknown: boolean;
}

/** One piece of thinking as an item of `reasoning_details`. */
export type ReasoningItem = Pick<ReasoningPart, "signature" | "redacted" | "id"> & {
  /** Null: the item does not repeat it. */
  readonly text: string | null;
};

/**
 * Reads an assistant's thinking: `reasoning_details` where there are any, else the text. Servers send the text beside
 * the details once more.
 */
export function readReasoning(message: Readonly<JsonObject>): ReasoningReading {
  const text = shownReasoning(message);
  const parts: ReasoningPart[] = [];
  let hasUnknown = false;
  let lastIndex: JsonValue | undefined;
  for (const value of arrayOf(message["reasoning_details"])) {
    const detail = objectOf(value);
    const item = detail === null ? null : readReasoningItem(detail);
    if (detail === null || item === null) hasUnknown = true;
    else {
      const index = detail["index"];
      addItem(parts, item, typeof index === "number" && index === lastIndex);
      lastIndex = index;
    }
  }
  return { parts: withShownText(parts, text), hasUnknown };
}

/** DeepSeek, vLLM and xAI say `reasoning_content`, OpenRouter and Groq `reasoning`; some send both with one text. */
export function shownReasoning(message: Readonly<JsonObject>): string | null {
  return textOf(message["reasoning_content"]) ?? textOf(message["reasoning"]);
}

/** One item of `reasoning_details`; null for kinds that are not known here. */
export function readReasoningItem(detail: Readonly<JsonObject>): ReasoningItem | null {
  const id = textOf(detail["id"]);
  switch (detail["type"]) {
    case "reasoning.text":
      return { text: textOf(detail["text"]), signature: textOf(detail["signature"]), redacted: null, id };
    case "reasoning.summary":
      return { text: textOf(detail["summary"]), signature: null, redacted: null, id };
    case "reasoning.encrypted":
      return { text: null, signature: null, redacted: textOf(detail["data"]), id };
    default:
      return null;
  }
}

/** Clients gather a stream's pieces in one list: those of one index are one piece of thinking. */
function addItem(parts: ReasoningPart[], item: ReasoningItem, sameIndex: boolean): void {
  const last = parts.at(-1);
  if (sameIndex && last !== undefined && last.signature === null && last.redacted === null && item.redacted === null) {
    const text = last.text + (item.text ?? "");
    parts[parts.length - 1] = { ...last, text, signature: item.signature, id: last.id ?? item.id };
  } else parts.push({ type: "reasoning", ...item, text: item.text ?? "" });
}

/** Items that hold no text of their own are proofs of the text beside them. */
function withShownText(parts: readonly ReasoningPart[], text: string | null): readonly ReasoningPart[] {
  if (text === null || parts.some((part) => part.text !== "")) return parts;
  const [only] = parts.filter(({ redacted }) => redacted === null);
  if (only === undefined) return [{ type: "reasoning", text, signature: null, redacted: null, id: null }, ...parts];
  return parts.map((part) => (part === only ? { ...part, text } : part));
}

/** The members of an assistant's message that hold its thinking. Details are there only when the text is not all. */
export function writeReasoning(parts: readonly ReasoningPart[]): JsonObject {
  const text = parts.map((part) => part.text).join("");
  const [first, ...more] = parts;
  const needsDetails = more.length > 0 || (first !== undefined && isProven(first));
  return {
    ...(text === "" ? {} : { reasoning_content: text }),
    ...(needsDetails ? { reasoning_details: parts.map((part, index) => writeReasoningItem(part, index)) } : {}),
  };
}

/** True when the text alone would not do: signed, hidden, or with a name of its own. */
export function isProven({ signature, redacted, id }: Pick<ReasoningPart, "signature" | "redacted" | "id">): boolean {
  return signature !== null || redacted !== null || id !== null;
}

/** One item of `reasoning_details`. Clients that add up streams demand an `index` (openai-python 2, lib/streaming/_deltas.py). */
export function writeReasoningItem({ text, signature, redacted, id }: ReasoningItem, index: number): JsonObject {
  const named = id === null ? {} : { id };
  if (redacted !== null) return { type: "reasoning.encrypted", data: redacted, ...named, index };
  const proof = signature === null ? {} : { signature };
  return { type: "reasoning.text", ...(text === null ? {} : { text }), ...proof, ...named, index };
}
