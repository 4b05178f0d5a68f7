import { FarthingError } from "../../../kit/farthing-error.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import { isGiven } from "../read-count.ts";
import { booleanField, hasItems, integerField, numberField, requireModel, requireObject } from "../request-fields.ts";

/** Fields that name something kept at the vendor from which the prompt is made. */
const storedSources = ["previous_response_id", "conversation", "prompt"] as const;

/**
 * Reads the fields of a response request that we act on; everything else passes unchecked, the vendor knows it better.
 * `store` asks the vendor to keep the answer and changes nothing of it, so it makes no request stateful.
 * @throws FarthingError `invalid_request` naming the field
 */
export function readRequest(document: unknown, bodyBytes: number): ModelRequest {
  const body = requireObject(document);
  const model = requireModel(body);
  const hasStoredSource = storedSources.some((field) => isGiven(body[field]));
  requireInput(body, hasStoredSource);
  return {
    dialect: "openai-responses",
    model,
    stream: booleanField(body, "stream"),
    // This dialect's streams always carry their usage.
    streamUsage: true,
    outputTokensMax: integerField(body, "max_output_tokens", 0, Number.MAX_SAFE_INTEGER),
    choices: 1,
    temperature: numberField(body, "temperature"),
    hasTools: hasItems(body, "tools"),
    // A background call answers with a ticket; its answer is fetched by id.
    stateful: hasStoredSource || booleanField(body, "background"),
    bodyBytes,
    rest: body,
  };
}

/** The vendor lets `input` out only where the prompt comes from its own store. */
function requireInput(body: Readonly<JsonObject>, hasStoredSource: boolean): void {
  const input = body["input"];
  if (typeof input === "string" || Array.isArray(input) || (hasStoredSource && !isGiven(input))) return;
  throw new FarthingError("invalid_request", "`input` must be a text or an array.", { field: "input" });
}
