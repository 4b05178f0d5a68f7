import type { RenderedError } from "../../../spec/rendered-error.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { utf8Bytes } from "../json-fields.ts";

/** Our own error as the vendor would send it. */
export function renderError(error: RenderedError): Uint8Array {
  const { message, type, field, code } = error;
  return utf8Bytes(JSON.stringify({ error: { message, type, param: field, code } }));
}

/**
 * The `error` event. The schema has the error's members at the top (openai-node 7.57, ResponseErrorEvent), the vendor
 * sends them inside `error` (vercel/ai packages/openai, fixture openai-error.1), and clients read either, so both stand here.
 */
export function errorEventOf(error: Omit<RenderedError, "requestId">, sequenceNumber: number): JsonObject {
  const { message, type, field, code } = error;
  const sequence = { sequence_number: sequenceNumber };
  return { type: "error", ...sequence, code, message, param: field, error: { type, code, message, param: field } };
}

/**
 * Our own error inside a stream, in the vendor's two events, in its order:
 * - `error`, on which openai-node raises (src/core/streaming.ts); a failed response it hands over like any other end.
 * - `response.failed`, the only one of the two that Codex reads (codex-rs codex-api/src/sse/responses.rs): without it the
 *   reason is lost and Codex says that the stream closed too early. It is no fake end: it says that the response failed.
 *
 * The stream's numbers and the response's id are not known here; openai-node has raised before it could compare them.
 */
export function renderStreamError(error: RenderedError): Uint8Array {
  const { message, code, requestId } = error;
  const response: JsonObject = {
    id: `resp_${requestId}`,
    object: "response",
    status: "failed",
    error: { code, message },
    incomplete_details: null,
    output: [],
    usage: null,
  };
  return utf8Bytes(
    sseText(errorEventOf(error, 0)) + sseText({ type: "response.failed", sequence_number: 1, response }),
  );
}

/** One event as server-sent text; its `event` line repeats its type, as the vendor's does. */
export function sseText(document: Readonly<JsonObject>): string {
  return `event: ${String(document["type"])}\ndata: ${JSON.stringify(document)}\n\n`;
}
