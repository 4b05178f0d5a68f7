import type { Dialect } from "../../../spec/dialect.ts";
import { codec } from "./codec.ts";
import { encodeRequest } from "./encode-request.ts";
import { foldLastText } from "./fold-last-text.ts";
import { foldStream } from "./fold-stream.ts";
import { callPath, matchPath } from "./match-path.ts";
import { observeStream } from "./observe-stream.ts";
import { promptBytes } from "./prompt-bytes.ts";
import { readReply } from "./read-reply.ts";
import { readRequest } from "./read-request.ts";
import { renderError, renderStreamError } from "./render-error.ts";
import { withoutForm } from "./without-form.ts";

/** Google's generateContent, as the Gemini API speaks it. */
export const gemini: Dialect = {
  name: "gemini",
  path: "/v1beta/models/{model}:generateContent",
  codec,
  matchPath,
  callPath,
  readRequest,
  encodeRequest,
  readReply,
  observeStream,
  foldStream,
  renderError,
  renderStreamError,
  withoutForm,
  foldLastText,
  promptBytes,
};
