import type { Answer, Part } from "../../../spec/conversation.ts";
import type { JsonValue } from "../../../spec/json.ts";
import { objectOf, parseObjectBytes, textOf } from "../json-fields.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { readUsage } from "./read-usage.ts";

/** A whole message free of its dialect; null for bytes that are none. */
export function readAnswer(body: Uint8Array): Answer | null {
  const document = parseObjectBytes(body);
  const content = document?.["content"];
  if (document === null || !Array.isArray(content)) return null;
  return {
    id: textOf(document["id"]) ?? "",
    model: textOf(document["model"]) ?? "",
    createdAtS: null,
    parts: content.map(partOf).filter((part) => part !== null),
    finish: finishReasonOf(document["stop_reason"]) ?? "unknown",
    stopSequence: textOf(document["stop_sequence"]),
    usage: readUsage(document["usage"]),
  };
}

/** Blocks of tools that the vendor runs are passed over: they are refused in requests, so nobody waits for them. */
function partOf(value: JsonValue): Part | null {
  const block = objectOf(value);
  switch (block?.["type"]) {
    case "text": {
      const text = textOf(block["text"]);
      return text === null ? null : { type: "text", text };
    }
    case "thinking": {
      const signature = textOf(block["signature"]);
      return { type: "reasoning", text: textOf(block["thinking"]) ?? "", signature, redacted: null, id: null };
    }
    case "redacted_thinking":
      return { type: "reasoning", text: "", signature: null, redacted: textOf(block["data"]) ?? "", id: null };
    case "tool_use":
      return {
        type: "tool-call",
        id: textOf(block["id"]) ?? "",
        name: textOf(block["name"]) ?? "",
        argumentsText: JSON.stringify(block["input"] ?? {}),
      };
    default:
      return null;
  }
}
