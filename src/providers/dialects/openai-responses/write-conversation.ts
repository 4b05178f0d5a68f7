import type { Conversation } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ConversationWriting } from "../../../spec/codec.ts";
import type { WriteOptions } from "../../../spec/translated-request.ts";
import { inputItems, instructionsItem, type InstructionRole } from "./write-input.ts";
import { settingFields, toolOf } from "./write-settings.ts";

/**
 * A conversation as a response request. It asks the vendor to store nothing, since nobody asked for that, and for the
 * proofs of its thinking, so that the conversation can go on without the vendor's store.
 * @throws FarthingError `untranslatable`
 */
export function writeConversation(conversation: Conversation, { quirks }: WriteOptions): ConversationWriting {
  const { model, stream, tools, settings } = conversation;
  const approximated: string[] = [];
  const written = settingFields(settings, quirks, approximated);
  const body: JsonObject = {
    model,
    ...promptFields(conversation, quirks.systemRole),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    ...written,
    store: false,
    ...(mayThink(conversation, written) ? { include: ["reasoning.encrypted_content"] } : {}),
    ...(stream ? { stream: true } : {}),
  };
  return { body, dropped: [], approximated };
}

/** One instruction has a field of its own; several are a message, so that each stays a piece of its own. */
function promptFields({ system, turns }: Conversation, role: InstructionRole): JsonObject {
  const input = [...inputItems(turns, role)];
  const [first, ...more] = system;
  if (first === undefined) return { input };
  if (more.length === 0 && first.text !== "") return { instructions: first.text, input };
  return { input: [instructionsItem(system, role), ...input] };
}

/** Models that do not think refuse to be asked for proofs ("Encrypted content is not supported with this model"). */
function mayThink({ turns }: Conversation, written: Readonly<JsonObject>): boolean {
  if (written["reasoning"] !== undefined) return true;
  return turns.some(({ parts }) => parts.some(({ type }) => type === "reasoning"));
}
