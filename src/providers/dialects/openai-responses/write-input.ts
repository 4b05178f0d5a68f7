import type { Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart, Turn } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { inputContentOf, messageContentOf } from "./write-content.ts";

/** Role of instructions: a quirk of the server. */
export type InstructionRole = "system" | "developer";

/** A message of instructions. */
export function instructionsItem(parts: readonly TextPart[], role: InstructionRole): JsonObject {
  return { type: "message", role, content: parts.map((part) => messageContentOf(part, "system")) };
}

/**
 * The turns as items, in their order; neighbouring pieces of what one speaker says become one message.
 * @throws FarthingError `untranslatable`
 */
export function inputItems(turns: readonly Turn[], instructionRole: InstructionRole): readonly JsonObject[] {
  return turns.flatMap((turn) => itemsOfTurn(turn, instructionRole));
}

function itemsOfTurn({ role, parts }: Turn, instructionRole: InstructionRole): readonly JsonObject[] {
  const items: JsonObject[] = [];
  let content: JsonObject[] | null = null;
  for (const part of parts) {
    const item = ownItemOf(part);
    if (item !== null) {
      items.push(item);
      content = null;
      continue;
    }
    if (content === null) {
      content = [];
      items.push({ type: "message", role: role === "system" ? instructionRole : role, content });
    }
    content.push(messageContentOf(part, role));
  }
  return items;
}

/** The item of a part that is no piece of a message. */
function ownItemOf(part: Part): JsonObject | null {
  if (part.type === "tool-call") return callItem(part);
  if (part.type === "tool-result") return resultItem(part);
  return part.type === "reasoning" ? reasoningInput(part) : null;
}

function callItem({ id, name, argumentsText }: ToolCallPart): JsonObject {
  return { type: "function_call", call_id: id, name, arguments: argumentsOrNone(argumentsText) };
}

/** Clients and servers parse arguments as JSON, which an empty text is not. */
export function argumentsOrNone(argumentsText: string): string {
  return argumentsText === "" ? "{}" : argumentsText;
}

function resultItem({ callId, parts }: ToolResultPart): JsonObject {
  return { type: "function_call_output", call_id: callId, output: outputOf(parts) };
}

function outputOf(parts: ToolResultPart["parts"]): string | JsonObject[] {
  const [first, ...more] = parts;
  if (first === undefined) return "";
  if (first.type === "text" && first.text !== "" && more.length === 0) return first.text;
  return parts.map(inputContentOf);
}

function reasoningInput(part: ReasoningPart): JsonObject {
  const id = part.id === null ? {} : { id: part.id };
  return { type: "reasoning", ...id, ...shownReasoningOf(part) };
}

/**
 * The summary and the proof of a piece of thinking. A proof of a text that is hidden stands beside an empty summary part,
 * thinking that only the provider can read beside none: so they are told apart when they come back.
 */
export function shownReasoningOf({ text, signature, redacted }: Omit<ReasoningPart, "type" | "id">): JsonObject {
  const encrypted = redacted ?? signature;
  const isShown = text !== "" || (redacted === null && signature !== null);
  return {
    summary: isShown ? [{ type: "summary_text", text }] : [],
    ...(encrypted === null ? {} : { encrypted_content: encrypted }),
  };
}
