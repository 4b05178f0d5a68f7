import { FarthingError } from "../../../kit/farthing-error.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import { objectOf } from "../json-fields.ts";
import { booleanField, integerField, numberField, requireModel, requireObject } from "../request-fields.ts";

/** Most alternative answers one request may ask for. */
const choicesMax = 128;

/**
 * Reads the fields of a legacy completion request that we act on; everything else passes unchecked.
 * @throws FarthingError `invalid_request` naming the field
 */
export function readRequest(document: unknown, bodyBytes: number): ModelRequest {
  const body = requireObject(document);
  const model = requireModel(body);
  const prompt = body["prompt"];
  // The vendor's schema lets it be absent: the model then begins a document of its own.
  if (prompt !== undefined && prompt !== null && typeof prompt !== "string" && !Array.isArray(prompt)) {
    throw new FarthingError("invalid_request", "`prompt` must be a text or an array.", { field: "prompt" });
  }
  return {
    dialect: "openai-completions",
    model,
    stream: booleanField(body, "stream"),
    streamUsage: objectOf(body["stream_options"])?.["include_usage"] === true,
    outputTokensMax: integerField(body, "max_tokens", 0, Number.MAX_SAFE_INTEGER),
    choices: integerField(body, "n", 1, choicesMax) ?? 1,
    temperature: numberField(body, "temperature"),
    hasTools: false,
    stateful: false,
    bodyBytes,
    rest: body,
  };
}
