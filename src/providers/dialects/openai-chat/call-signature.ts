import type { JsonObject } from "../../../spec/json.ts";
import { objectOf, textOf } from "../json-fields.ts";

/*
 * Gemini refuses a call that comes back without the signature it was made with. Google's own servers of this dialect put
 * it beside the call (ai.google.dev/gemini-api/docs/thought-signatures, read 2026-11-21), and clients send it back so.
 */

/** A call's signature as a member of the neutral form; none where the call has none. */
export function readSignature(call: Readonly<JsonObject> | null): { signature?: string } {
  const signature = textOf(objectOf(objectOf(call?.["extra_content"])?.["google"])?.["thought_signature"]);
  return signature === null ? {} : { signature };
}

/** The member of a call that holds its signature; none where it has none. */
export function writeSignature(signature: string | undefined): JsonObject {
  return signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } };
}
