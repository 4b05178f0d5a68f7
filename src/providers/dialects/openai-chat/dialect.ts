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
import { readResource } from "./read-resource.ts";
import { renderError, renderStreamError } from "./render-error.ts";

const path = "/v1/chat/completions";

/** OpenAI's chat completions, as OpenAI and the many servers that imitate it speak them. */
export const openaiChat: Dialect = {
  name: "openai-chat",
  path,
  ...fixedPath(path),
  codec,
  readRequest,
  encodeRequest,
  readReply,
  readResource,
  observeStream,
  foldStream,
  renderError,
  renderStreamError,
  withoutForm: formInBody(["include_usage", "include_obfuscation"]),
  foldLastText({ rest }, fold) {
    const messages = foldLastTurn(rest["messages"], messageWords, fold);
    return messages === null ? null : { ...rest, messages };
  },
  promptBytes: ({ rest }) =>
    wordBytesOf(rest["messages"]) +
    wordBytesOf(rest["tools"]) +
    wordBytesOf(rest["functions"]) +
    wordBytesOf(rest["response_format"]),
};
