import type { Dialect } from "../../../spec/dialect.ts";
import { fixedPath } from "../fixed-path.ts";
import { wordBytesOf } from "../json-fields.ts";
import { encodeRequest } from "../openai-chat/encode-request.ts";
import { renderError, renderStreamError } from "../openai-chat/render-error.ts";
import { foldStream, observeStream } from "./fold-stream.ts";
import { readReply } from "./read-reply.ts";
import { readRequest } from "./read-request.ts";

const path = "/v1/completions";

/**
 * OpenAI's legacy completions (platform.openai.com/docs/api-reference/completions, read 2026-11-21), which base models and
 * servers of one's own still speak. A bare prompt is no conversation, so this dialect is never translated.
 */
export const openaiCompletions: Dialect = {
  name: "openai-completions",
  path,
  codec: null,
  ...fixedPath(path),
  readRequest,
  encodeRequest,
  readReply,
  observeStream,
  foldStream,
  renderError,
  renderStreamError,
  promptBytes: ({ rest }) => wordBytesOf(rest["prompt"]) + wordBytesOf(rest["suffix"]),
};
