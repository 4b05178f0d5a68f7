import { Buffer } from "node:buffer";
import type { ProviderError } from "../../../spec/codec.ts";
import { objectOf, parseObject, textOf } from "../json-fields.ts";

/** Characters of a body that is no error of this dialect. */
const messageCharactersMax = 1_000;

/** An error body: `{"type":"error","error":{"type","message","details":{"error_code"}}}` (sdk 1.12.0, resources/shared.d.ts). */
export function readError(body: Uint8Array): ProviderError {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const error = objectOf(parseObject(text)?.["error"]);
  const message = textOf(error?.["message"]);
  if (message === null) return { kind: "", message: text.slice(0, messageCharactersMax), code: null };
  const code = textOf(objectOf(error?.["details"])?.["error_code"]);
  return { kind: textOf(error?.["type"]) ?? "", message, code };
}
