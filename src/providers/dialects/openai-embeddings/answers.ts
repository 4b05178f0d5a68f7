import { concatBytes } from "../../../kit/concat-bytes.ts";
import type { ElementAnswer } from "../../../spec/element-codec.ts";
import type { Usage } from "../../../spec/usage.ts";
import { parseObject, utf8Bytes } from "../json-fields.ts";
import { scanJsonArray, type ValueSpan } from "../scan-json-array.ts";
import { type FieldSpan, scanJsonObject } from "../scan-json-object.ts";

/** Members of a reply and of its vectors (platform.openai.com/docs/api-reference/embeddings, read 2026-11-22; `id` and `created` are vLLM's). */
const replyMembers: ReadonlySet<string> = new Set(["object", "data", "model", "usage", "id", "created"]);
const vectorMembers: ReadonlySet<string> = new Set(["object", "index", "embedding"]);
const text = new TextDecoder();
const openBracket = 0x5b;
const quote = 0x22;

/**
 * The vectors of a reply by their index, as their JSON text (a list of numbers, or base64 in quotes). Null where a vector is missing or
 * stands twice, where anything is no vector, and where a vendor's own member says more than would be kept.
 */
export function readAnswer(body: Uint8Array, count: number): ElementAnswer | null {
  const fields = fieldsOf(body, 0, replyMembers);
  const data = fields?.get("data");
  const spans = data === undefined ? null : scanJsonArray(body, data.valueStart);
  if (spans === null || spans.length !== count) return null;
  const elements = Array.from<Uint8Array | null>({ length: count }).fill(null);
  for (const span of spans) {
    const vector = readVector(body, span);
    if (vector === null || elements[vector.index] !== null) return null;
    elements[vector.index] = vector.bytes;
  }
  const model = fields?.get("model");
  return {
    elements: elements.filter((element) => element !== null),
    servedModel: model === undefined ? null : readText(body, model),
  };
}

/** One vector and its place; an index that is none finds no place above. */
function readVector(
  body: Uint8Array,
  { start }: ValueSpan,
): { readonly index: number; readonly bytes: Uint8Array } | null {
  const fields = fieldsOf(body, start, vectorMembers);
  const index = fields?.get("index");
  const vector = fields?.get("embedding");
  if (index === undefined || vector === undefined) return null;
  const first = body[vector.valueStart];
  // Shorter ones are empty.
  const isVector = (first === openBracket || first === quote) && vector.valueEnd - vector.valueStart > 2;
  const place = Number(text.decode(body.subarray(index.valueStart, index.valueEnd)));
  return isVector ? { index: place, bytes: body.subarray(vector.valueStart, vector.valueEnd) } : null;
}

/** The fields of an object by name; null where it is none, or has others. */
function fieldsOf(body: Uint8Array, from: number, known: ReadonlySet<string>): ReadonlyMap<string, FieldSpan> | null {
  const object = scanJsonObject(body, from);
  if (object === null || object.fields.some(({ name }) => !known.has(name))) return null;
  const fields = new Map(object.fields.map((field) => [field.name, field]));
  return fields.size === object.fields.length ? fields : null;
}

function readText(body: Uint8Array, { valueStart, valueEnd }: FieldSpan): string | null {
  const value = parseObject(`{"text":${text.decode(body.subarray(valueStart, valueEnd))}}`)?.["text"];
  return typeof value === "string" && value !== "" ? value : null;
}

/** A reply in OpenAI's shape. Usage is told where it is known. */
export function writeAnswer(elements: readonly Uint8Array[], model: string, usage: Usage): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const [index, element] of elements.entries()) {
    const before = index === 0 ? `{"object":"list","data":[` : "},";
    pieces.push(utf8Bytes(`${before}{"object":"embedding","index":${index},"embedding":`), element);
  }
  const prompt = usage.tokens.input ?? 0;
  const counted = usage.source === "unknown" ? "" : `,"usage":{"prompt_tokens":${prompt},"total_tokens":${prompt}}`;
  return concatBytes([...pieces, utf8Bytes(`}],"model":${JSON.stringify(model)}${counted}}`)]);
}
