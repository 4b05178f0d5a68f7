import type { RequestElement } from "../../../spec/element-codec.ts";
import type { JsonValue } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";

/** Most inputs of one request (platform.openai.com/docs/api-reference/embeddings/create, read 2026-11-22). */
const inputsMax = 2_048;

/**
 * The inputs of a request: one text, one list of token numbers, or a list of either. Null for what is none of these, for
 * more inputs than OpenAI takes, and for a body that was not read here.
 */
export function readInputs(request: ModelRequest): readonly RequestElement[] | null {
  if (request.large !== undefined) return null;
  const input = request.rest["input"];
  if (!isList(input)) {
    const only = input === undefined ? null : elementOf(input);
    return only === null ? null : [only];
  }
  if (input.length > inputsMax) return null;
  const elements: RequestElement[] = [];
  for (const value of input) {
    const element = elementOf(value);
    if (element === null) return null;
    elements.push(element);
  }
  return elements;
}

/** The parsed request for some of its inputs only, by their index. One that holds a single input outside a list stays. */
export function keepInputs(request: ModelRequest, inputs: readonly number[]): ModelRequest {
  const input = request.rest["input"];
  if (!isList(input)) return request;
  return { ...request, rest: { ...request.rest, input: inputs.map((index) => input[index] ?? null) } };
}

/** A list of inputs, and not of the token numbers of one. */
function isList(input: JsonValue | undefined): input is JsonValue[] {
  return Array.isArray(input) && input.length > 0 && typeof input[0] !== "number";
}

/** Null where it is no input that OpenAI would take. */
function elementOf(value: JsonValue): RequestElement | null {
  if (typeof value === "string") {
    if (value === "") return null;
    return { text: JSON.stringify(value), weight: Buffer.byteLength(value), inTokens: false };
  }
  if (!Array.isArray(value) || value.length === 0 || !value.every(isToken)) return null;
  return { text: `[${value.join(",")}]`, weight: value.length, inTokens: true };
}

function isToken(value: JsonValue): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
