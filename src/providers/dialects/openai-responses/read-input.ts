import type { ReasoningPart, TextPart, ToolResultPart } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import { checkMembers, type Dropped, refuseKind } from "./check-members.ts";
import { misfit, objectsAt, requiredTextAt, textAt } from "./demand-fields.ts";
import { reasoningProofOf, reasoningTextOf } from "./item-facts.ts";
import { type ContentPart, readContent } from "./read-content.ts";
import type { TurnList } from "./turn-list.ts";

/**
 * Reads `input` into turns: one text, or a list of items.
 * @throws FarthingError `invalid_request`, `untranslatable`
 */
export function readInput(input: JsonValue | undefined, turns: TurnList, dropped: Dropped): void {
  if (typeof input === "string") {
    turns.addUserMessage([{ type: "text", text: input }]);
    return;
  }
  if (!Array.isArray(input)) throw misfit("input", "a text or an array");
  for (const item of objectsAt(input, "input")) readItem(item, turns, dropped);
}

function readItem(item: Readonly<JsonObject>, turns: TurnList, dropped: Dropped): void {
  const type = typeOf(item);
  if (type === "message") readMessage(item, turns, dropped);
  else if (type === "function_call") readCall(item, turns, dropped);
  else if (type === "function_call_output") turns.addToolResult(readResult(item, dropped));
  else if (type === "reasoning") turns.addAssistant([readReasoning(item, dropped)]);
  else throw refuseKind("input[]", type);
}

/** Messages may leave their type out, and so may references to stored items, which have nothing but an id. */
function typeOf(item: Readonly<JsonObject>): string {
  const type = textAt(item["type"], "input[].type");
  if (type !== null) return type;
  return isGiven(item["role"]) || !isGiven(item["id"]) ? "message" : "item_reference";
}

function readMessage(item: Readonly<JsonObject>, turns: TurnList, dropped: Dropped): void {
  checkMembers(item, "input[]", dropped);
  noteId(item, dropped);
  const role = requiredTextAt(item["role"], "input[].role");
  const parts = readContent(item["content"], "input[].content", dropped);
  if (role === "user") turns.addUserMessage(parts);
  else if (role === "assistant") turns.addAssistant(parts);
  else if (role === "system" || role === "developer") turns.addInstructions(textsOnly(parts));
  else throw misfit("input[].role", "user, assistant, system or developer");
}

function textsOnly(parts: readonly ContentPart[]): readonly TextPart[] {
  return parts.map((part) => {
    if (part.type === "text") return part;
    throw untranslatable("input[].content[].type", "instructions are text in other dialects");
  });
}

function readCall(item: Readonly<JsonObject>, turns: TurnList, dropped: Dropped): void {
  checkMembers(item, "input[]", dropped);
  noteId(item, dropped);
  const id = requiredTextAt(item["call_id"], "input[].call_id");
  const name = requiredTextAt(item["name"], "input[].name");
  const argumentsText = requiredTextAt(item["arguments"], "input[].arguments");
  turns.addAssistant([{ type: "tool-call", id, name, argumentsText }]);
}

function readResult(item: Readonly<JsonObject>, dropped: Dropped): ToolResultPart {
  checkMembers(item, "input[]", dropped);
  noteId(item, dropped);
  const callId = requiredTextAt(item["call_id"], "input[].call_id");
  const parts = readContent(item["output"], "input[].output", dropped).map((part) => {
    if (part.type === "text" || part.type === "image" || part.type === "document") return part;
    throw untranslatable("input[].output[].type", "a tool answers with text, pictures and documents only");
  });
  return { type: "tool-result", callId, parts, isError: false };
}

function readReasoning(item: Readonly<JsonObject>, dropped: Dropped): ReasoningPart {
  checkMembers(item, "input[]", dropped);
  objectsAt(item["summary"], "input[].summary");
  objectsAt(item["content"], "input[].content");
  textAt(item["encrypted_content"], "input[].encrypted_content");
  return { type: "reasoning", text: reasoningTextOf(item), ...reasoningProofOf(item) };
}

/** Only thinking keeps the id of its item; calls are known by `call_id`. */
function noteId(item: Readonly<JsonObject>, dropped: Dropped): void {
  if (isGiven(item["id"])) dropped.add("input[].id");
}
