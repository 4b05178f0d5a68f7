import { FarthingError } from "../../../kit/farthing-error.ts";
import type { PathFacts } from "../../../spec/dialect.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import { objectOf } from "../json-fields.ts";
import { isGiven } from "../read-count.ts";
import { integerField, numberField, requireModel, requireObject } from "../request-fields.ts";
import { memberOf, objectsOf } from "./field-names.ts";

/** Most alternative answers one request may ask for. */
const choicesMax = 128;

/**
 * Reads the fields of a generateContent request that we act on; everything else passes unchecked. A cached content and a
 * continuation are kept by the vendor, so two equal bodies may deserve different answers.
 * @param path what the path told; without it the body's own `model` counts and the answer is no stream
 * @throws FarthingError `invalid_request` naming the field
 */
export function readRequest(document: unknown, bodyBytes: number, path?: PathFacts): ModelRequest {
  const body = requireObject(document);
  const model = requireModel({ model: path?.model ?? modelOf(body["model"]) });
  requireContents(body);
  const config = namedConfig(body);
  return {
    dialect: "gemini",
    model,
    stream: path?.stream ?? false,
    // This dialect's streams always carry their usage.
    streamUsage: true,
    outputTokensMax: integerField(config, "generationConfig.maxOutputTokens", 0, Number.MAX_SAFE_INTEGER),
    choices: integerField(config, "generationConfig.candidateCount", 1, choicesMax) ?? 1,
    temperature: numberField(config, "generationConfig.temperature"),
    hasTools: objectsOf(body["tools"]).length > 0,
    stateful: isGiven(memberOf(body, "cachedContent")) || isGiven(memberOf(body, "continuationToken")),
    bodyBytes,
    rest: body,
  };
}

/** A model's name without the collection it stands in. */
function modelOf(value: JsonValue | undefined): JsonValue {
  return typeof value === "string" ? value.replace(/^models\//, "") : (value ?? null);
}

function requireContents(body: Readonly<JsonObject>): void {
  const contents = body["contents"];
  if (Array.isArray(contents) || objectOf(contents) !== null) return;
  throw new FarthingError("invalid_request", "`contents` must be an array.", { field: "contents" });
}

/** The settings that are read, under the names that a message should call them by. */
function namedConfig(body: Readonly<JsonObject>): Readonly<JsonObject> {
  const config = objectOf(memberOf(body, "generationConfig"));
  const named: JsonObject = {};
  for (const name of ["maxOutputTokens", "candidateCount", "temperature"]) {
    named[`generationConfig.${name}`] = memberOf(config, name) ?? null;
  }
  return named;
}
