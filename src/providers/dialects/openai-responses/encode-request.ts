import type { ModelRequest, RequestEdit } from "../../../spec/request.ts";
import { utf8Bytes } from "../json-fields.ts";
import { spliceField } from "../splice-field.ts";

/**
 * The body with the edit applied. With `rawBody` the caller's own bytes are spliced, so that every other byte stays;
 * without it the parsed body is printed again. `addStreamUsage` means nothing here: streams always carry their usage.
 */
export function encodeRequest(request: ModelRequest, edit: RequestEdit, rawBody?: Uint8Array): Uint8Array {
  if (rawBody !== undefined) {
    return edit.model === undefined ? rawBody : spliceField(rawBody, 0, "model", JSON.stringify(edit.model));
  }
  return utf8Bytes(JSON.stringify(edit.model === undefined ? request.rest : { ...request.rest, model: edit.model }));
}
