import { Buffer } from "node:buffer";
import type { ProviderError } from "../../../spec/codec.ts";
import { objectOf, parseObject, textOf } from "../json-fields.ts";

/** Most characters of a body that is no error of this dialect, taken as its message. */
const messageCharactersMax = 1_000;

/**
 * An error as servers of this dialect tell it: `{error: {message, type, code}}` (platform.openai.com/docs/guides/error-codes),
 * or the members without the envelope (older vLLM), a text in its place, or FastAPI's `detail`. Never throws.
 */
export function readError(body: Uint8Array): ProviderError {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
  const document = parseObject(text);
  const error = objectOf(document?.["error"]) ?? document;
  const message = textOf(error?.["message"]) ?? textOf(document?.["error"]) ?? textOf(document?.["detail"]);
  const code = error?.["code"];
  return {
    kind: textOf(error?.["type"]) ?? "",
    message: message ?? text.slice(0, messageCharactersMax),
    code: typeof code === "number" ? String(code) : textOf(code),
  };
}
