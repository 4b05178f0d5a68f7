import type { TextPart, Turn } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { arrayOf } from "../json-fields.ts";
import type { ModelRules } from "./model-rules.ts";
import { contentOf, writeBlock } from "./write-blocks.ts";
import type { WritingNotes } from "./writing-notes.ts";

/** The turns as messages. */
export interface WrittenTurns {
  readonly messages: readonly JsonObject[];
  /** Instructions between the turns that the model does not take there. */
  readonly lateSystem: readonly TextPart[];
}

/** A message whose blocks may still grow. */
interface Draft {
  readonly role: Turn["role"];
  readonly blocks: JsonObject[];
}

/**
 * The turns as messages. The API merges turns of one role itself (messages.d.ts, "will be combined into a single
 * turn") and accepts an assistant's turn first, so both stay. Only results of tools that follow each other become one
 * message: all results must be in the message after their calls, and not every server of this dialect merges.
 * @throws FarthingError `untranslatable`, `invalid_request`
 */
export function writeTurns(turns: readonly Turn[], rules: ModelRules, notes: WritingNotes): WrittenTurns {
  const drafts: Draft[] = [];
  const lateSystem: TextPart[] = [];
  for (const [index, turn] of turns.entries()) {
    if (turn.role === "system" && !fitsBetween(turns, index, rules)) {
      notes.approximate("system turn as system");
      lateSystem.push(...turn.parts.filter((part) => part.type === "text"));
    } else addDraft(drafts, draftOf(turn, rules, notes), notes);
  }
  for (const [index, draft] of drafts.entries()) {
    if (draft.role === "assistant" && drafts[index + 1]?.role !== "assistant") dropLastThinking(draft, notes);
  }
  const messages = drafts
    .filter(({ blocks }) => blocks.length > 0)
    .map(({ role, blocks }): JsonObject => ({ role, content: contentOf(blocks) }));
  return { messages, lateSystem };
}

/** A `system` message must follow a user's and be the last or followed by an assistant's. */
function fitsBetween(turns: readonly Turn[], index: number, rules: ModelRules): boolean {
  const before = turns.slice(0, index).findLast(({ role }) => role !== "system");
  const after = turns.slice(index + 1).find(({ role }) => role !== "system");
  return rules.systemTurns && before?.role === "user" && (after === undefined || after.role === "assistant");
}

/** The results of tools stand first: "messages following tool_use blocks must begin with tool_result blocks". */
function draftOf({ role, parts }: Turn, rules: ModelRules, notes: WritingNotes): Draft {
  const results = parts.filter(({ type }) => type === "tool-result");
  const others = parts.filter(({ type }) => type !== "tool-result");
  const blocks = [...results, ...others]
    .map((part) => writeBlock(part, rules, notes))
    .filter((block): block is JsonObject => block !== null);
  return { role, blocks };
}

function addDraft(drafts: Draft[], draft: Draft, notes: WritingNotes): void {
  const last = drafts.at(-1);
  if (draft.blocks.length === 0) notes.leaveOut("turn without content");
  else if (
    last?.role === "user" &&
    draft.role === "user" &&
    last.blocks.some(isResult) &&
    draft.blocks.some(isResult)
  ) {
    const results = draft.blocks.filter(isResult);
    last.blocks.splice(last.blocks.findLastIndex(isResult) + 1, 0, ...results);
    last.blocks.push(...draft.blocks.filter((block) => !isResult(block)));
  } else if (last?.role === "system" && draft.role === "system") last.blocks.push(...draft.blocks);
  else drafts.push(draft);
}

function isResult(block: JsonObject): boolean {
  return block["type"] === "tool_result";
}

function isThinking(block: JsonObject | undefined): boolean {
  return block?.["type"] === "thinking" || block?.["type"] === "redacted_thinking";
}

/** "The final block in an assistant message cannot be `thinking`": an answer that was cut while thinking. */
function dropLastThinking(draft: Draft, notes: WritingNotes): void {
  while (isThinking(draft.blocks.at(-1))) {
    draft.blocks.pop();
    notes.leaveOut("reasoning that nothing follows");
  }
}

/**
 * True when the messages end within a round of tool calls whose assistant turn does not begin with thinking. With a
 * thinking budget the API refuses those ("a final assistant message must start with a thinking block").
 */
export function endsInUnthoughtToolCalls(messages: readonly JsonObject[]): boolean {
  const end = messages.findLastIndex(({ role }) => role === "assistant");
  if (end === -1 || !messages.slice(end + 1).some((message) => blocksOf(message).some(isResult))) return false;
  const start = messages.findLastIndex(({ role }, index) => index < end && role !== "assistant") + 1;
  return !isThinking(blocksOf(messages[start])[0]);
}

function blocksOf(message: JsonObject | undefined): readonly JsonObject[] {
  return arrayOf(message?.["content"]) as readonly JsonObject[];
}
