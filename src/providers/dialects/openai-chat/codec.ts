import type { Codec } from "../../../spec/codec.ts";
import { openReader } from "./answer-reader.ts";
import { openWriter } from "./answer-writer.ts";
import { readAnswer } from "./read-answer.ts";
import { readConversation } from "./read-conversation.ts";
import { readError } from "./read-error.ts";
import { writeAnswer } from "./write-answer.ts";
import { writeConversation } from "./write-conversation.ts";

/** Chat completions to and from the form that is free of any dialect. */
export const codec: Codec = {
  dialect: "openai-chat",
  readConversation,
  writeConversation,
  readAnswer,
  writeAnswer,
  readError,
  openReader,
  openWriter,
  callQuery: () => "",
};
