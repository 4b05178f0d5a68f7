import type { Dialect } from "../../spec/dialect.ts";
import type { DialectName } from "../../spec/request.ts";
import { anthropicMessages } from "./anthropic-messages/dialect.ts";
import { gemini } from "./gemini/dialect.ts";
import { openaiChat } from "./openai-chat/dialect.ts";
import { openaiCompletions } from "./openai-completions/dialect.ts";
import { openaiEmbeddings } from "./openai-embeddings/dialect.ts";
import { openaiResponses } from "./openai-responses/dialect.ts";

/** Every wire format there is, by name. */
export const allDialects: Readonly<Record<DialectName, Dialect>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  gemini,
  "openai-embeddings": openaiEmbeddings,
  "openai-completions": openaiCompletions,
};
