import type { ModelRequest, RequestEdit } from "../../../spec/request.ts";
import { utf8Bytes } from "../json-fields.ts";
import { leaveOutFields, leaveOutMembers } from "../leave-out.ts";
import { isGiven } from "../read-count.ts";
import { spliceField } from "../splice-field.ts";

/**
 * The body with the edit applied. The model stands in the path, so mostly nothing changes; a body that names its model as
 * well is made to agree with the path. `addStreamUsage` means nothing here: streams always carry their usage.
 */
export function encodeRequest(request: ModelRequest, edit: RequestEdit, rawBody?: Uint8Array): Uint8Array {
  const rest = leaveOutMembers(request.rest, edit.leaveOut);
  const model = edit.model !== undefined && isGiven(rest["model"]) ? `models/${edit.model}` : null;
  if (rawBody !== undefined) {
    const body = leaveOutFields(rawBody, edit.leaveOut);
    return model === null ? body : spliceField(body, 0, "model", JSON.stringify(model));
  }
  return utf8Bytes(JSON.stringify(model === null ? rest : { ...rest, model }));
}
