import type { Part, TextPart, ToolCallPart, ToolResultPart, Turn } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { textOf } from "../json-fields.ts";
import { readSignature } from "./call-signature.ts";
import { readContent, readTexts, readToolContent } from "./read-content.ts";
import { readReasoning } from "./reasoning-details.ts";
import { malformed, optionalList, optionalText, requireMembers, requireText } from "./require-field.ts";

/** Messages as instructions before the conversation, and turns. */
export interface MessagesReading {
  readonly system: readonly TextPart[];
  readonly turns: readonly Turn[];
  /** Paths of members that stand in a message where they mean nothing, or that have no place elsewhere. */
  readonly dropped: ReadonlySet<string>;
}

const always = ["role", "content", "name"];
/** What each role's messages may hold; anything else means nothing there. */
const membersOfRole: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["system", new Set(always)],
  ["developer", new Set(always)],
  ["user", new Set(always)],
  [
    "assistant",
    new Set([
      ...always,
      "refusal",
      "tool_calls",
      "reasoning_content",
      "reasoning",
      "reasoning_details",
      "audio",
      "function_call",
    ]),
  ],
  // Old clients name the tool here; the call names it too.
  ["tool", new Set(["role", "content", "tool_call_id"])],
]);

/**
 * Reads the messages. Those of `system` and `developer` that stand before all others are blocks of the instructions,
 * later ones are turns; results of tools that follow each other are one turn.
 * @throws FarthingError `invalid_request` or `untranslatable`, naming the field
 */
export function readMessages(messages: JsonValue | undefined): MessagesReading {
  const system: TextPart[] = [];
  const turns: Turn[] = [];
  const dropped = new Set<string>();
  let results: ToolResultPart[] | null = null;
  for (const item of optionalList(messages, "messages")) {
    const message = requireMembers(item, "messages[]");
    const role = requireText(message["role"], "messages[].role");
    nameMeaningless(message, role, dropped);
    if (role === "tool") {
      if (results === null) {
        results = [];
        turns.push({ role: "user", parts: results });
      }
      results.push(readToolMessage(message));
      continue;
    }
    results = null;
    const isInstruction = role === "system" || role === "developer";
    if (isInstruction && turns.length === 0) {
      system.push(...readTexts(message["content"]));
      if (textOf(message["name"]) !== null) dropped.add("messages[].name");
    } else turns.push(readTurn(message, role, dropped));
  }
  return { system, turns, dropped };
}

function nameMeaningless(message: Readonly<JsonObject>, role: string, dropped: Set<string>): void {
  const members = membersOfRole.get(role);
  if (members === undefined) {
    throw untranslatable("messages[].role", `messages of "${role.slice(0, 40)}" are not known here`);
  }
  for (const name in message) {
    if (!members.has(name) && message[name] !== null) dropped.add(`messages[].${name}`);
  }
}

function readToolMessage(message: Readonly<JsonObject>): ToolResultPart {
  const callId = requireText(message["tool_call_id"], "messages[].tool_call_id");
  return { type: "tool-result", callId, parts: readToolContent(message["content"]), isError: false };
}

function readTurn(message: Readonly<JsonObject>, role: string, dropped: Set<string>): Turn {
  const name = optionalText(message["name"], "messages[].name");
  const named = name === null || name === "" ? {} : { name };
  if (role === "assistant") return { role, parts: readAssistant(message, dropped), ...named };
  if (role === "user") return { role, parts: orEmptyText(readUser(message["content"])), ...named };
  return { role: "system", parts: orEmptyText(readTexts(message["content"])), ...named };
}

function readUser(content: JsonValue | undefined): Part[] {
  const parts = readContent(content);
  if (parts.some(({ type }) => type === "refusal")) throw malformed("messages[].content[].type", "no `refusal` here");
  return parts;
}

/** A turn in which nothing was said is still one. */
function orEmptyText(parts: readonly Part[]): readonly Part[] {
  return parts.length > 0 ? parts : [{ type: "text", text: "" }];
}

function readAssistant(message: Readonly<JsonObject>, dropped: Set<string>): readonly Part[] {
  const { content } = message;
  const thinking = readReasoning(message);
  if (thinking.hasUnknown) dropped.add("messages[].reasoning_details[]");
  const said = content === undefined || content === null ? [] : readContent(content);
  if (said.some(({ type }) => type !== "text" && type !== "refusal")) {
    throw malformed("messages[].content[].type", "`text` or `refusal` in an assistant's message");
  }
  const refusal = optionalText(message["refusal"], "messages[].refusal");
  const calls = optionalList(message["tool_calls"], "messages[].tool_calls").map((call) => readToolCall(call));
  const refused: Part[] = refusal === null || refusal === "" ? [] : [{ type: "refusal", text: refusal }];
  return orEmptyText([...thinking.parts, ...said, ...refused, ...calls]);
}

function readToolCall(item: JsonValue): ToolCallPart {
  const field = "messages[].tool_calls[]";
  const call = requireMembers(item, field);
  const target = requireMembers(call["function"], `${field}.function`);
  return {
    type: "tool-call",
    id: requireText(call["id"], `${field}.id`),
    name: requireText(target["name"], `${field}.function.name`),
    argumentsText: requireText(target["arguments"], `${field}.function.arguments`),
    ...readSignature(call),
  };
}
