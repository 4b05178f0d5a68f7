import type { RenderedError } from "../../../spec/rendered-error.ts";
import { utf8Bytes } from "../json-fields.ts";

function documentOf(error: RenderedError): string {
  const { type, message, requestId } = error;
  return JSON.stringify({ type: "error", error: { type, message }, request_id: requestId });
}

/** Our own error as the vendor would send it. */
export function renderError(error: RenderedError): Uint8Array {
  return utf8Bytes(documentOf(error));
}

/** Our own error inside a stream: the vendor's `error` event. No `message_stop` follows, the answer is not done. */
export function renderStreamError(error: RenderedError): Uint8Array {
  return utf8Bytes(`event: error\ndata: ${documentOf(error)}\n\n`);
}
