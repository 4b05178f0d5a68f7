import type { Dialect } from "../../../spec/dialect.ts";
import { wordBytesOf } from "../json-fields.ts";
import { codec } from "./codec.ts";
import { encodeRequest } from "./encode-request.ts";
import { foldStream } from "./fold-stream.ts";
import { foldLastTurn, messageWords } from "../fold-last-text.ts";
import { formInBody } from "../form-fields.ts";
import { observeStream } from "./observe-stream.ts";
import { readReply } from "./read-reply.ts";
import { readRequest } from "./read-request.ts";
import { readResource } from "../openai-chat/read-resource.ts";
import { renderError, renderStreamError } from "./render-error.ts";

const path = "/v1/responses";

/** OpenAI's responses: one call answers; what is stored of it at the vendor (`GET /v1/responses/{id}`) is not ours. */
export const openaiResponses: Dialect = {
  name: "openai-responses",
  path,
  codec,
  matchPath: (asked) => (asked === path ? { model: null, stream: null } : null),
  callPath: () => path,
  readRequest,
  encodeRequest,
  readReply,
  readResource,
  observeStream,
  foldStream,
  renderError,
  renderStreamError,
  withoutForm: formInBody(["include_obfuscation"]),
  foldLastText({ rest }, fold) {
    const { input } = rest;
    const folded = typeof input === "string" ? fold(input) : foldLastTurn(input, messageWords, fold);
    return folded === null ? null : { ...rest, input: folded };
  },
  promptBytes: ({ rest }) =>
    wordBytesOf(rest["instructions"]) +
    wordBytesOf(rest["input"]) +
    wordBytesOf(rest["tools"]) +
    wordBytesOf(rest["text"]),
};
