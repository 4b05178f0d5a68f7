import type { Dialect } from "../../../spec/dialect.ts";
import { wordBytesOf } from "../json-fields.ts";
import { encodeRequest } from "./encode-request.ts";
import { foldStream } from "./fold-stream.ts";
import { observeStream } from "./observe-stream.ts";
import { readReply } from "./read-reply.ts";
import { readRequest } from "./read-request.ts";
import { renderError, renderStreamError } from "./render-error.ts";

/** OpenAI's chat completions, as OpenAI and the many servers that imitate it speak them. */
export const openaiChat: Dialect = {
  name: "openai-chat",
  path: "/v1/chat/completions",
  readRequest,
  encodeRequest,
  readReply,
  observeStream,
  foldStream,
  renderError,
  renderStreamError,
  promptBytes: ({ rest }) =>
    wordBytesOf(rest["messages"]) +
    wordBytesOf(rest["tools"]) +
    wordBytesOf(rest["functions"]) +
    wordBytesOf(rest["response_format"]),
};
