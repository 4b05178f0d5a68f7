import { Buffer } from "node:buffer";
import type { JsonObject, JsonValue } from "../../spec/json.ts";

/** The value as an object, or null when it is none (arrays are none). */
export function objectOf(value: unknown): Readonly<JsonObject> | null {
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an array; an empty one when it is none. */
export function arrayOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a text of at least one character, or null. */
export function textOf(value: JsonValue | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** Parses JSON that must be an object; null for anything else. Never throws. */
export function parseObject(text: string): Readonly<JsonObject> | null {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Parses the bytes of a body that should be a JSON object; null for anything else. Never throws. */
export function parseObjectBytes(body: Uint8Array): Readonly<JsonObject> | null {
  return parseObject(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
}

/** Bytes of a text in UTF-8. */
export function utf8Bytes(text: string): Uint8Array {
  return Buffer.from(text, "utf8");
}

/** Fields whose texts are not read as words: pictures, sound, files, and opaque blobs. */
const blobFields: ReadonlySet<string> = new Set([
  "image_url",
  "input_audio",
  "audio",
  "file",
  "source",
  "data",
  "file_data",
  "signature",
  "encrypted_content",
  "cache_control",
]);

/** Bytes of all words inside a value: names and texts, but for pictures and other blobs. */
export function wordBytesOf(value: JsonValue | undefined): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return 0;
  let bytes = 0;
  if (Array.isArray(value)) {
    for (const item of value) bytes += wordBytesOf(item);
    return bytes;
  }
  for (const name in value) {
    if (!blobFields.has(name)) bytes += name.length + wordBytesOf(value[name]);
  }
  return bytes;
}
