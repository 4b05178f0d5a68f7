import type { DialectName } from "../../spec/request.ts";
import { fields as anthropicMessages } from "../dialects/anthropic-messages/fields.ts";
import { fields as gemini } from "../dialects/gemini/fields.ts";
import { fields as openaiChat } from "../dialects/openai-chat/fields.ts";
import { fields as openaiResponses } from "../dialects/openai-responses/fields.ts";
import type { CarriedFields, Says } from "./concepts.ts";

/** What each translated dialect publishes of its fields. */
export const carriedFields: Readonly<Partial<Record<DialectName, CarriedFields>>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  gemini,
};

/** What a dialect can say; nothing for one that is never translated. */
export function saysOf(dialect: DialectName): Says {
  return carriedFields[dialect]?.says ?? {};
}
