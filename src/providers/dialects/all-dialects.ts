import type { Dialect } from "../../spec/dialect.ts";
import type { DialectName } from "../../spec/request.ts";
import { anthropicMessages } from "./anthropic-messages/dialect.ts";
import { openaiChat } from "./openai-chat/dialect.ts";

/** Every wire format there is, by name. */
export const allDialects: Readonly<Record<DialectName, Dialect>> = {
  "openai-chat": openaiChat,
  "anthropic-messages": anthropicMessages,
};
