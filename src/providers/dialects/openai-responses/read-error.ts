import { Buffer } from "node:buffer";
import type { ProviderError } from "../../../spec/codec.ts";
import { objectOf, parseObject, textOf } from "../json-fields.ts";

/** Longest text that is taken for a message, in characters. */
const messageCharactersMax = 1_000;

/** An error body of the vendor, or of a server that imitates it; other bytes are themselves the message. */
export function readError(body: Uint8Array): ProviderError {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const document = parseObject(text);
  const error = objectOf(document?.["error"]);
  const message = textOf(error?.["message"]) ?? textOf(document?.["error"]) ?? textOf(document?.["message"]);
  if (message === null) return { kind: "", message: text.slice(0, messageCharactersMax), code: null };
  const code = error?.["code"] ?? document?.["code"];
  return {
    // At the top `type` is the kind of the event or object, not of the error.
    kind: textOf(error?.["type"]) ?? "",
    message,
    code: typeof code === "number" ? String(code) : textOf(code),
  };
}
