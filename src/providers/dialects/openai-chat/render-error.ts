import type { RenderedError } from "../../../spec/rendered-error.ts";
import { utf8Bytes } from "../json-fields.ts";

function documentOf(error: RenderedError): string {
  const { message, type, field, code } = error;
  return JSON.stringify({ error: { message, type, param: field, code } });
}

/** Our own error as the vendor would send it. */
export function renderError(error: RenderedError): Uint8Array {
  return utf8Bytes(documentOf(error));
}

/** Our own error inside a stream: clients raise on a chunk with `error`. No `[DONE]` follows, the answer is not done. */
export function renderStreamError(error: RenderedError): Uint8Array {
  return utf8Bytes(`data: ${documentOf(error)}\n\n`);
}
