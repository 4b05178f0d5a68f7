import type { JsonObject } from "../../../spec/json.ts";
import type { ModelRequest, RequestEdit } from "../../../spec/request.ts";
import { objectOf, utf8Bytes } from "../json-fields.ts";
import { leaveOutFields, leaveOutMembers } from "../leave-out.ts";
import { scanJsonObject } from "../scan-json-object.ts";
import { spliceField } from "../splice-field.ts";

/**
 * The body with the edit applied. With `rawBody` the caller's own bytes are spliced, so that every other byte stays,
 * long integers included; without it the parsed body is printed again.
 */
export function encodeRequest(request: ModelRequest, edit: RequestEdit, rawBody?: Uint8Array): Uint8Array {
  if (rawBody === undefined) return utf8Bytes(JSON.stringify(editDocument(request.rest, edit)));
  let body = leaveOutFields(rawBody, edit.leaveOut);
  if (edit.model !== undefined) body = spliceField(body, 0, "model", JSON.stringify(edit.model));
  if (edit.addStreamUsage === true) body = spliceStreamUsage(body);
  return body;
}

/** The edit on a parsed body; what the spliced bytes must parse to. */
export function editDocument(document: Readonly<JsonObject>, edit: RequestEdit): JsonObject {
  const edited: JsonObject = { ...leaveOutMembers(document, edit.leaveOut) };
  if (edit.model !== undefined) edited["model"] = edit.model;
  if (edit.addStreamUsage === true) {
    const given = document["stream_options"];
    const options = objectOf(given);
    // Options of a wrong type are the provider's to refuse, as if we were not here.
    if (options !== null || given === undefined || given === null) {
      edited["stream_options"] = { ...options, include_usage: true };
    }
  }
  return edited;
}

function spliceStreamUsage(body: Uint8Array): Uint8Array {
  const fields = scanJsonObject(body, 0)?.fields ?? [];
  const options = fields.findLast((field) => field.name === "stream_options");
  if (options === undefined) return spliceField(body, 0, "stream_options", `{"include_usage":true}`);
  const first = body[options.valueStart];
  if (first === 0x7b /* { */) return spliceField(body, options.valueStart, "include_usage", "true");
  if (first === 0x6e /* null */) return spliceField(body, 0, "stream_options", `{"include_usage":true}`);
  return body;
}
