import type { Conversation, Part, TextPart, ToolResultPart, Turn } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { writeAssistant } from "./write-assistant.ts";
import { writeContent } from "./write-content.ts";

/** Messages, and what had to be said in another way. */
export interface MessagesWriting {
  readonly messages: JsonObject[];
  readonly approximated: ReadonlySet<string>;
}

/**
 * The conversation as messages. Every leading block is a message with one text, the form that most servers take.
 * @throws FarthingError `untranslatable` for parts that the role's messages cannot hold
 */
export function writeMessages(
  { system, turns }: Pick<Conversation, "system" | "turns">,
  systemRole: string,
): MessagesWriting {
  const messages: JsonObject[] = system.map(({ text }) => ({ role: systemRole, content: text }));
  const approximated = new Set<string>();
  for (const group of groupByRole(turns)) {
    const [{ role }] = group;
    if (role === "user") messages.push(...writeUserTurns(group, approximated));
    else if (role === "assistant") messages.push(...group.flatMap((turn) => writeAssistant(turn, approximated)));
    else messages.push(...group.flatMap((turn) => writeInstruction(turn, systemRole)));
  }
  return { messages, approximated };
}

type Group = readonly [Turn, ...Turn[]];

/** Turns of one role that follow each other. */
function groupByRole(turns: readonly Turn[]): readonly Group[] {
  const groups: [Turn, ...Turn[]][] = [];
  for (const turn of turns) {
    const last = groups.at(-1);
    if (last !== undefined && last[0].role === turn.role) last.push(turn);
    else groups.push([turn]);
  }
  return groups;
}

function namedBy({ name }: Turn): { name?: string } {
  return name === undefined ? {} : { name };
}

function writeInstruction(turn: Turn, systemRole: string): JsonObject[] {
  const texts = turn.parts.map((part): TextPart => {
    if (part.type !== "text") throw misplaced(part, "an instruction");
    return part;
  });
  return texts.length === 0 ? [] : [{ role: systemRole, content: writeContent(texts), ...namedBy(turn) }];
}

/** Results of tools stand directly after the calls; what was said beside them follows. */
function writeUserTurns(turns: Group, approximated: Set<string>): JsonObject[] {
  const results: JsonObject[] = [];
  const said: JsonObject[] = [];
  for (const turn of turns) {
    const others: Exclude<Part, ToolResultPart>[] = [];
    for (const part of turn.parts) {
      if (part.type !== "tool-result") others.push(part);
      else {
        if (others.length > 0 || said.length > 0)
          approximated.add("tool results moved before what was said beside them");
        results.push(writeResult(part));
      }
    }
    const contents = others.map((part) => {
      if (part.type === "tool-call" || part.type === "reasoning" || part.type === "refusal")
        throw misplaced(part, "a user");
      return part;
    });
    if (contents.length > 0) said.push({ role: "user", content: writeContent(contents), ...namedBy(turn) });
  }
  return [...results, ...said];
}

function writeResult({ callId, parts }: ToolResultPart): JsonObject {
  const texts = parts.map((part): TextPart => {
    if (part.type !== "text") throw misplaced(part, "a tool");
    return part;
  });
  return { role: "tool", tool_call_id: callId, content: texts.length === 0 ? "" : writeContent(texts) };
}

function misplaced(part: Part, speaker: string): Error {
  return untranslatable(part.type, `its dialect has no such part in the words of ${speaker}`);
}
