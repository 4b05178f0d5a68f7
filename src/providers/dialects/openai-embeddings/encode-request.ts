import { concatBytes } from "../../../kit/concat-bytes.ts";
import type { ModelRequest, RequestEdit } from "../../../spec/request.ts";
import { encodeRequest as encodeFields } from "../openai-chat/encode-request.ts";
import { scanJsonArray } from "../scan-json-array.ts";
import { scanJsonObject } from "../scan-json-object.ts";
import { keepInputs } from "./inputs.ts";

const comma = Uint8Array.of(0x2c);
const openBracket = Uint8Array.of(0x5b);
const closeBracket = Uint8Array.of(0x5d);

/** As the chat dialect's, and with `inputs` the list of inputs is cut down to those; their bytes stay as they are. */
export function encodeRequest(request: ModelRequest, edit: RequestEdit, rawBody?: Uint8Array): Uint8Array {
  const { inputs } = edit;
  if (inputs === undefined) return encodeFields(request, edit, rawBody);
  if (rawBody === undefined) return encodeFields(keepInputs(request, inputs), edit);
  return encodeFields(request, edit, cutInputs(rawBody, inputs));
}

/** A body whose `input` is no list comes back as it is: it holds one input. */
function cutInputs(body: Uint8Array, inputs: readonly number[]): Uint8Array {
  // Of a field that stands twice the last counts, as for everybody who parses.
  const field = scanJsonObject(body, 0)?.fields.findLast(({ name }) => name === "input");
  const elements = field === undefined ? null : scanJsonArray(body, field.valueStart);
  if (field === undefined || elements === null) return body;
  const pieces = [body.subarray(0, field.valueStart), openBracket];
  for (const [at, index] of inputs.entries()) {
    const element = elements[index];
    if (element === undefined) return body;
    if (at > 0) pieces.push(comma);
    pieces.push(body.subarray(element.start, element.end));
  }
  return concatBytes([...pieces, closeBracket, body.subarray(field.valueEnd)]);
}
