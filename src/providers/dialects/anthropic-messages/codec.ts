import type { Codec } from "../../../spec/codec.ts";
import { openReader } from "./answer-reader.ts";
import { openWriter } from "./answer-writer.ts";
import { readAnswer } from "./read-answer.ts";
import { readConversation } from "./read-conversation.ts";
import { readError } from "./read-error.ts";
import { writeAnswer } from "./write-answer.ts";
import { writeConversation } from "./write-conversation.ts";

/** Anthropic's messages to and from the form free of any dialect. */
export const codec: Codec = {
  dialect: "anthropic-messages",
  readConversation,
  writeConversation,
  readAnswer,
  writeAnswer,
  readError,
  openReader,
  openWriter,
  callQuery: () => "",
  showsThinking: true,
  // The newer version, 2026-10-21, refuses temperature, top_p and top_k even of the models that take them.
  callHeaders: ["anthropic-version", "2023-06-01"],
};
