import type { ModelRequest } from "../../../spec/request.ts";
import { objectOf } from "../json-fields.ts";
import {
  booleanField,
  hasItems,
  integerField,
  numberField,
  requireMessages,
  requireModel,
  requireObject,
} from "../request-fields.ts";

/** Most alternative answers one request may ask for. */
const choicesMax = 128;

/**
 * Reads the fields of a chat completion request that we act on; everything else passes unchecked, the vendor knows it
 * better.
 * @throws FarthingError `invalid_request` naming the field
 */
export function readRequest(document: unknown, bodyBytes: number): ModelRequest {
  const body = requireObject(document);
  const model = requireModel(body);
  requireMessages(body);
  // The old name is read too; where both are given the new one counts.
  const oldTokensMax = integerField(body, "max_tokens", 0, Number.MAX_SAFE_INTEGER);
  const tokensMax = integerField(body, "max_completion_tokens", 0, Number.MAX_SAFE_INTEGER);
  const hasTools = hasItems(body, "tools");
  return {
    dialect: "openai-chat",
    model,
    stream: booleanField(body, "stream"),
    streamUsage: objectOf(body["stream_options"])?.["include_usage"] === true,
    outputTokensMax: tokensMax ?? oldTokensMax,
    choices: integerField(body, "n", 1, choicesMax) ?? 1,
    temperature: numberField(body, "temperature"),
    hasTools: hasTools || Array.isArray(body["functions"]) || objectOf(body["web_search_options"]) !== null,
    stateful: false,
    bodyBytes,
    rest: body,
  };
}
