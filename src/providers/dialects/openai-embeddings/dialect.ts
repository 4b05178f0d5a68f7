import type { Dialect, ReplyFacts } from "../../../spec/dialect.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import { unknownUsage } from "../../../spec/usage.ts";
import { objectOf, parseObjectBytes, textOf, wordBytesOf } from "../json-fields.ts";
import { fixedPath } from "../fixed-path.ts";
import { observeStream } from "../openai-chat/observe-stream.ts";
import { renderError, renderStreamError } from "../openai-chat/render-error.ts";
import { countOf, isGiven } from "../read-count.ts";
import { requireModel, requireObject } from "../request-fields.ts";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { providerUsage } from "../token-usage.ts";
import { readAnswer, writeAnswer } from "./answers.ts";
import { encodeRequest } from "./encode-request.ts";
import { keepInputs, readInputs } from "./inputs.ts";

const path = "/v1/embeddings";

/**
 * OpenAI's embeddings (platform.openai.com/docs/api-reference/embeddings, read 2026-11-21). Whole replies only; vectors of
 * one model mean nothing to another, so this dialect is never translated.
 */
export const openaiEmbeddings: Dialect = {
  name: "openai-embeddings",
  path,
  codec: null,
  ...fixedPath(path),
  readRequest,
  encodeRequest,
  readReply,
  observeStream,
  foldStream: () => [],
  renderError,
  renderStreamError,
  elements: { readInputs, keepInputs, readAnswer, writeAnswer },
  promptBytes: ({ rest }) => wordBytesOf(rest["input"]),
};

function readRequest(document: unknown, bodyBytes: number): ModelRequest {
  const body = requireObject(document);
  const model = requireModel(body);
  const input = body["input"];
  if (typeof input !== "string" && !Array.isArray(input)) {
    throw new FarthingError("invalid_request", "`input` must be a text or an array.", { field: "input" });
  }
  return {
    dialect: "openai-embeddings",
    model,
    stream: false,
    streamUsage: true,
    outputTokensMax: null,
    choices: 1,
    temperature: null,
    hasTools: false,
    stateful: false,
    bodyBytes,
    rest: body,
  };
}

/** Nothing is generated, so a reply that came whole was stopped by nothing. */
function readReply(body: Uint8Array): ReplyFacts {
  const document = parseObjectBytes(body);
  const counts = objectOf(document?.["usage"]);
  const prompt = counts?.["prompt_tokens"];
  return {
    usage: isGiven(prompt) ? providerUsage({ input: countOf(prompt) }, {}) : unknownUsage,
    servedModel: textOf(document?.["model"]),
    responseId: null,
    finishReason: Array.isArray(document?.["data"]) ? "stop" : null,
    hasToolCalls: false,
  };
}
