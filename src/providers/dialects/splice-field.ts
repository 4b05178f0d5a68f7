import { concatBytes } from "../../kit/concat-bytes.ts";
import { utf8Bytes } from "./json-fields.ts";
import { scanJsonObject } from "./scan-json-object.ts";

/**
 * Sets one field of the JSON object that starts at `from`, leaving every other byte alone. A field that is there
 * keeps its place (one that stands twice is replaced twice, so readers of the first and of the last agree); a new one
 * is added at the end. Bytes without an object come back as they are.
 * @param json the new value as JSON text
 */
export function spliceField(bytes: Uint8Array, from: number, name: string, json: string): Uint8Array {
  const object = scanJsonObject(bytes, from);
  if (object === null) return bytes;
  const value = utf8Bytes(json);
  const pieces: Uint8Array[] = [];
  let copied = 0;
  for (const field of object.fields) {
    if (field.name !== name) continue;
    pieces.push(bytes.subarray(copied, field.valueStart), value);
    copied = field.valueEnd;
  }
  if (pieces.length === 0) {
    const comma = object.fields.length > 0 ? "," : "";
    pieces.push(bytes.subarray(0, object.closingBrace), utf8Bytes(`${comma}${JSON.stringify(name)}:`), value);
    copied = object.closingBrace;
  }
  pieces.push(bytes.subarray(copied));
  return concatBytes(pieces);
}
