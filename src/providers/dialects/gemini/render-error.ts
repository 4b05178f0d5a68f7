import type { RenderedError } from "../../../spec/rendered-error.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { utf8Bytes } from "../json-fields.ts";
import { rpcStatusOf } from "./rpc-status.ts";

/** The vendor's error, with the details that it defines for machines (google/rpc/error_details.proto, read 2026-11-21). */
function documentOf(error: RenderedError): string {
  const { message, code, requestId, field } = error;
  const details: JsonObject[] = [
    { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: code.toUpperCase(), domain: "farthing" },
    { "@type": "type.googleapis.com/google.rpc.RequestInfo", requestId },
  ];
  if (field !== null) {
    details.push({
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: [{ field, description: message }],
    });
  }
  const { http, status } = rpcStatusOf(error);
  return JSON.stringify({ error: { code: http, message, status, details } });
}

/** Our own error as the vendor would send it. */
export function renderError(error: RenderedError): Uint8Array {
  return utf8Bytes(documentOf(error));
}

/** Our own error inside a stream, in the place of a chunk. No reason to finish comes before it, so the answer is not done. */
export function renderStreamError(error: RenderedError): Uint8Array {
  return utf8Bytes(`data: ${documentOf(error)}\n\n`);
}
