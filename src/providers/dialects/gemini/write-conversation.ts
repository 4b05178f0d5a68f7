import type { Conversation } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ConversationWriting } from "../../../spec/codec.ts";
import type { WriteOptions } from "../../../spec/translated-request.ts";
import { writeSettings, writeTier } from "./write-settings.ts";
import { writeChoice, writeTools } from "./write-tools.ts";
import { writeTurns } from "./write-turns.ts";
import { WritingNotes } from "./writing-notes.ts";

/**
 * The body of a generateContent call; model and streaming stand in the path.
 * @throws FarthingError `untranslatable` naming the concept
 */
export function writeConversation(conversation: Conversation, { quirks }: WriteOptions): ConversationWriting {
  const { model, system, turns, tools, settings } = conversation;
  const notes = new WritingNotes();
  const body: JsonObject = { contents: writeTurns(turns, model, notes) };
  if (system.length > 0) body["systemInstruction"] = { parts: system.map(({ text }): JsonObject => ({ text })) };
  if (tools.length > 0) body["tools"] = writeTools(tools);
  const toolConfig = writeChoice(settings.toolChoice, tools, notes);
  if (toolConfig !== null) body["toolConfig"] = toolConfig;
  const config = writeSettings(settings, model, quirks, notes);
  if (config !== null) body["generationConfig"] = config;
  const tier = writeTier(settings.serviceTier, notes);
  if (tier !== null) body["serviceTier"] = tier;
  return { body, dropped: notes.dropped, approximated: notes.approximated };
}
