import { Buffer } from "node:buffer";
import type { ProviderError } from "../../../spec/codec.ts";
import { objectOf, textOf } from "../json-fields.ts";
import { objectsOf } from "./field-names.ts";
import { chunksOf } from "./read-reply.ts";

/** Longest text that stands in for a message, in characters. */
const textCharactersMax = 1_000;

/** An error as Google tells it: alone, or as the only item of an array where a stream was asked for. */
export function readError(body: Uint8Array): ProviderError {
  const error = objectOf(chunksOf(body).find((chunk) => objectOf(chunk["error"]) !== null)?.["error"]);
  const message = textOf(error?.["message"]);
  if (error === null || message === null) {
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8");
    return { kind: textOf(error?.["status"]) ?? "", message: text.slice(0, textCharactersMax), code: null };
  }
  return { kind: textOf(error["status"]) ?? "", message, code: reasonIn(objectsOf(error["details"])) };
}

/** The reason of google.rpc.ErrorInfo, e.g. `API_KEY_INVALID`. */
function reasonIn(details: ReturnType<typeof objectsOf>): string | null {
  for (const detail of details) {
    const reason = textOf(detail["reason"]);
    if (reason !== null) return reason;
  }
  return null;
}
