import type { Conversation, TextPart } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ConversationWriting } from "../../../spec/codec.ts";
import type { WriteOptions } from "../../../spec/translated-request.ts";
import { rulesOf } from "./model-rules.ts";
import { contentOf, writeText } from "./write-blocks.ts";
import { writeLimit, writeOutputConfig, writeSampling, writeServiceTier } from "./write-settings.ts";
import { writeThinking } from "./write-thinking.ts";
import { writeTools } from "./write-tools.ts";
import { endsInUnthoughtToolCalls, writeTurns } from "./write-turns.ts";
import { WritingNotes } from "./writing-notes.ts";

/**
 * A conversation as a message request for its model.
 * @throws FarthingError `untranslatable` naming the concept, `invalid_request` for arguments that are no object
 */
export function writeConversation(conversation: Conversation, { quirks }: WriteOptions): ConversationWriting {
  const { model, stream, settings } = conversation;
  const notes = new WritingNotes();
  const rules = rulesOf(model);
  const { messages, lateSystem } = writeTurns(conversation.turns, rules, notes);
  const chosen = conversation.tools.length === 0 ? undefined : settings.toolChoice?.kind;
  const situation = {
    rules,
    outputTokensMax: settings.outputTokensMax ?? null,
    toolForced: chosen === "any" || chosen === "tool",
    unthoughtToolCalls: endsInUnthoughtToolCalls(messages),
  };
  const { thinking, effort, allowanceTokens } = writeThinking(settings.reasoning, situation, notes);
  const thinks = thinking !== null && thinking["type"] !== "disabled";
  const body = {
    model,
    max_tokens: writeLimit(settings.outputTokensMax, allowanceTokens, notes),
    ...(stream ? { stream } : {}),
    ...writeSystem([...conversation.system, ...lateSystem], notes),
    messages: [...messages],
    ...writeTools(conversation, notes),
    ...(thinking === null ? {} : { thinking }),
    ...writeOutputConfig(effort, settings.format, quirks, notes),
    ...writeSampling(settings, rules, thinks, notes),
    ...(settings.stop === undefined ? {} : { stop_sequences: [...settings.stop] }),
    ...(settings.user === undefined ? {} : { metadata: { user_id: settings.user } }),
    ...writeServiceTier(settings.serviceTier, notes),
  };
  return { body, dropped: notes.dropped, approximated: notes.approximated };
}

function writeSystem(parts: readonly TextPart[], notes: WritingNotes): JsonObject {
  const blocks = parts.map((part) => writeText(part, notes)).filter((block) => block !== null);
  return blocks.length === 0 ? {} : { system: contentOf(blocks) };
}
