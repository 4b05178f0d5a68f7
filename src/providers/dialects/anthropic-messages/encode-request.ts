import type { ModelRequest, RequestEdit } from "../../../spec/request.ts";
import { utf8Bytes } from "../json-fields.ts";
import { leaveOutFields, leaveOutMembers } from "../leave-out.ts";
import { spliceField } from "../splice-field.ts";

/**
 * The body with the edit applied. With `rawBody` the caller's own bytes are spliced, so that every other byte stays;
 * without it the parsed body is printed again. `addStreamUsage` means nothing here: streams always carry their usage.
 */
export function encodeRequest(request: ModelRequest, edit: RequestEdit, rawBody?: Uint8Array): Uint8Array {
  if (rawBody !== undefined) {
    const body = leaveOutFields(rawBody, edit.leaveOut);
    return edit.model === undefined ? body : spliceField(body, 0, "model", JSON.stringify(edit.model));
  }
  const rest = leaveOutMembers(request.rest, edit.leaveOut);
  return utf8Bytes(JSON.stringify(edit.model === undefined ? rest : { ...rest, model: edit.model }));
}
