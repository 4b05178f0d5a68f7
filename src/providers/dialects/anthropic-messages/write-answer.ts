import type { Answer, Part } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { Asked } from "../../../spec/codec.ts";
import { parseObject } from "../json-fields.ts";
import { stopReasonOf } from "./finish-reason.ts";
import { writeUsage } from "./write-usage.ts";

/** An answer of another dialect as a whole message. */
export function writeAnswer(answer: Answer, asked: Asked): Readonly<JsonObject> {
  const { parts, finish, stopSequence } = answer;
  const hasToolCalls = parts.some(({ type }) => type === "tool-call");
  return {
    ...messageFrame(answer.id, answer.model, asked),
    content: parts.flatMap((part, index) => blockOf(part, index, asked)),
    stop_reason: stopReasonOf(finish, hasToolCalls, stopSequence),
    stop_sequence: stopSequence,
    usage: writeUsage(answer.usage),
  };
}

/** The members that every message has, whole or at its start. Null: what only this vendor has. */
export function messageFrame(id: string | null, model: string | null, asked: Asked): JsonObject {
  return {
    id: id || `msg_${asked.requestId}`,
    type: "message",
    role: "assistant",
    model: model || asked.request.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
  };
}

/** The id of a call that came without one. */
export function callIdOf(id: string, position: number, asked: Asked): string {
  return id || `toolu_${asked.requestId}_${position}`;
}

/** Empty texts are left out: the API would refuse them when the client sends the turn back. */
function blockOf(part: Part, position: number, asked: Asked): JsonObject[] {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text === "" ? [] : [{ type: "text", text: part.text }];
    case "reasoning":
      return [
        part.redacted === null
          ? { type: "thinking", thinking: part.text, signature: part.signature ?? "" }
          : { type: "redacted_thinking", data: part.redacted },
      ];
    case "tool-call": {
      const id = callIdOf(part.id, position, asked);
      return [{ type: "tool_use", id, name: part.name, input: inputOf(part.argumentsText) }];
    }
    default:
      return [];
  }
}

/** Arguments that the model did not finish or misspelt are kept as a text, so that the client sees what there is. */
function inputOf(argumentsText: string): JsonValue {
  if (argumentsText.trim() === "") return {};
  const input = parseObject(argumentsText);
  return input === null ? { unparsed_arguments: argumentsText } : { ...input };
}
