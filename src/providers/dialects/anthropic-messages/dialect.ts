import type { Dialect } from "../../../spec/dialect.ts";
import { wordBytesOf } from "../json-fields.ts";
import { encodeRequest } from "./encode-request.ts";
import { foldStream } from "./fold-stream.ts";
import { observeStream } from "./observe-stream.ts";
import { readReply } from "./read-reply.ts";
import { readRequest } from "./read-request.ts";
import { renderError, renderStreamError } from "./render-error.ts";

/** Anthropic's messages. */
export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  path: "/v1/messages",
  readRequest,
  encodeRequest,
  readReply,
  observeStream,
  foldStream,
  renderError,
  renderStreamError,
  promptBytes: ({ rest }) => wordBytesOf(rest["system"]) + wordBytesOf(rest["messages"]) + wordBytesOf(rest["tools"]),
};
