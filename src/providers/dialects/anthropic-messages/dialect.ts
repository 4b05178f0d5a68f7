import type { Dialect } from "../../../spec/dialect.ts";
import { fixedPath } from "../fixed-path.ts";
import { foldLastTurn, messageWords } from "../fold-last-text.ts";
import { formInBody } from "../form-fields.ts";
import { wordBytesOf } from "../json-fields.ts";
import { codec } from "./codec.ts";
import { encodeRequest } from "./encode-request.ts";
import { foldStream } from "./fold-stream.ts";
import { observeStream } from "./observe-stream.ts";
import { readReply } from "./read-reply.ts";
import { readRequest } from "./read-request.ts";
import { renderError, renderStreamError } from "./render-error.ts";

const path = "/v1/messages";

/** Anthropic's messages. */
export const anthropicMessages: Dialect = {
  name: "anthropic-messages",
  path,
  codec,
  ...fixedPath(path),
  readRequest,
  encodeRequest,
  readReply,
  observeStream,
  foldStream,
  renderError,
  renderStreamError,
  withoutForm: formInBody([]),
  foldLastText({ rest }, fold) {
    const messages = foldLastTurn(rest["messages"], messageWords, fold);
    return messages === null ? null : { ...rest, messages };
  },
  promptBytes: ({ rest }) => wordBytesOf(rest["system"]) + wordBytesOf(rest["messages"]) + wordBytesOf(rest["tools"]),
};
