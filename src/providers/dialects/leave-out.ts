import { concatBytes } from "../../kit/concat-bytes.ts";
import type { JsonObject } from "../../spec/json.ts";
import { scanJsonObject } from "./scan-json-object.ts";

/**
 * The JSON object of a body without some of its members, every other byte as it was. The same array when there is nothing to take
 * out, and for bytes that hold no object.
 */
export function leaveOutFields(bytes: Uint8Array, names: readonly string[] | undefined): Uint8Array {
  const fields = names === undefined ? [] : (scanJsonObject(bytes, 0)?.fields ?? []);
  const kept = fields.filter(({ name }) => names?.includes(name) !== true);
  if (kept.length === fields.length) return bytes;
  const pieces = [bytes.subarray(0, fields[0]?.nameStart)];
  for (const [index, { nameStart, valueEnd }] of kept.entries()) {
    if (index > 0) pieces.push(comma);
    pieces.push(bytes.subarray(nameStart, valueEnd));
  }
  pieces.push(bytes.subarray(fields.at(-1)?.valueEnd));
  return concatBytes(pieces);
}

const comma = Uint8Array.of(0x2c);

/** The same of a parsed body: what the bytes of {@link leaveOutFields} parse to. */
export function leaveOutMembers(
  document: Readonly<JsonObject>,
  names: readonly string[] | undefined,
): Readonly<JsonObject> {
  if (names === undefined || !names.some((name) => document[name] !== undefined)) return document;
  const kept: JsonObject = { ...document };
  for (const name of names) delete kept[name];
  return kept;
}
