import type { Answer, Part, TextPart } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { Quirks } from "../../../spec/quirks.ts";
import { arrayOf, objectOf, parseObjectBytes, textOf } from "../json-fields.ts";
import { readSignature } from "./call-signature.ts";
import { finishReasonOf } from "./finish-reason.ts";
import { createdAtSOf } from "./fold-chunk.ts";
import { readReasoning } from "./reasoning-details.ts";
import { readUsage } from "./read-usage.ts";

/** A whole chat completion, free of its dialect; null for bytes that are none. Its first choice is the answer. */
export function readAnswer(body: Uint8Array, quirks: Quirks): Answer | null {
  const document = parseObjectBytes(body);
  const choice = objectOf(arrayOf(document?.["choices"])[0]);
  const message = objectOf(choice?.["message"]);
  if (document === null || message === null) return null;
  const refusal = textOf(message["refusal"]);
  return {
    id: textOf(document["id"]) ?? "",
    model: textOf(document["model"]) ?? "",
    createdAtS: createdAtSOf(document),
    parts: [
      ...readReasoning(message).parts,
      ...readTexts(message["content"]),
      ...(refusal === null ? [] : [{ type: "refusal" as const, text: refusal }]),
      ...arrayOf(message["tool_calls"]).flatMap((call) => readCall(objectOf(call))),
    ],
    finish: finishReasonOf(choice?.["finish_reason"], refusal !== null) ?? "unknown",
    stopSequence: null,
    usage: readUsage(document["usage"], document["service_tier"], quirks),
  };
}

/** A text, or with some servers a list of parts. */
function readTexts(content: JsonValue | undefined): TextPart[] {
  const texts = typeof content === "string" ? [content] : arrayOf(content).map((part) => objectOf(part)?.["text"]);
  return texts.flatMap((value): TextPart[] => {
    const text = textOf(value);
    return text === null ? [] : [{ type: "text", text }];
  });
}

function readCall(call: Readonly<JsonObject> | null): Part[] {
  const target = objectOf(call?.["function"]);
  const name = textOf(target?.["name"]);
  if (name === null) return [];
  return [
    {
      type: "tool-call",
      id: textOf(call?.["id"]) ?? "",
      name,
      argumentsText: textOf(target?.["arguments"]) ?? "",
      ...readSignature(call),
    },
  ];
}
