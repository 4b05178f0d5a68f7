import type { DocumentPart, ImagePart, Part, TextPart } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import type { CallIds } from "./call-ids.ts";
import { readFileData, readInlineData } from "./read-media.ts";
import { listAt, malformed, objectAt, type Reading, textAt } from "./reading.ts";
import { isPlaceholder } from "./signature-placeholder.ts";

const partPath = "contents[].parts[]";

/** One part of a turn. @throws FarthingError `untranslatable` or `invalid_request` naming the field */
export function readPart(value: Readonly<JsonObject>, ids: CallIds, reading: Reading): Part {
  const part = reading.members(value, partPath);
  const signature = signatureOf(part);
  const call = objectAt(part["functionCall"], `${partPath}.functionCall`);
  if (call !== null) return readCall(call, signature, ids, reading);
  const text = textAt(part["text"], `${partPath}.text`);
  if (part["thought"] === true) {
    if (text === null) throw untranslatable(`${partPath}.thought`, "a thought that is no text");
    return { type: "reasoning", text, signature, redacted: null, id: null };
  }
  // A signature alone stands on an empty text, as it does at the end of a stream.
  if (text !== null) return { type: "text", text, ...(signature === null ? {} : { signature }) };
  if (signature !== null) reading.drop(`${partPath}.thoughtSignature`);
  return readOther(part, ids, reading);
}

function readOther(part: Readonly<JsonObject>, ids: CallIds, reading: Reading): Part {
  const result = objectAt(part["functionResponse"], `${partPath}.functionResponse`);
  if (result !== null) return readResult(result, ids, reading);
  const inline = objectAt(part["inlineData"], `${partPath}.inlineData`);
  if (inline !== null) return readInlineData(inline, `${partPath}.inlineData`, reading);
  const file = objectAt(part["fileData"], `${partPath}.fileData`);
  if (file !== null) return readFileData(file, `${partPath}.fileData`, reading);
  throw untranslatable(partPath, "a part of this kind is not known here");
}

function signatureOf(part: Readonly<JsonObject>): string | null {
  const signature = textAt(part["thoughtSignature"], `${partPath}.thoughtSignature`);
  return signature === null || signature === "" || isPlaceholder(signature) ? null : signature;
}

function readCall(value: Readonly<JsonObject>, signature: string | null, ids: CallIds, reading: Reading): Part {
  const path = `${partPath}.functionCall`;
  const call = reading.members(value, path);
  const name = nameOf(call, path);
  const id = ids.ofCall(textAt(call["id"], `${path}.id`), name);
  const args = objectAt(call["args"], `${path}.args`);
  const signed = signature === null ? {} : { signature };
  return { type: "tool-call", id, name, argumentsText: JSON.stringify(args ?? {}), ...signed };
}

function readResult(value: Readonly<JsonObject>, ids: CallIds, reading: Reading): Part {
  const path = `${partPath}.functionResponse`;
  const result = reading.members(value, path);
  const callId = ids.ofResult(textAt(result["id"], `${path}.id`), nameOf(result, path));
  const media = listAt(result["parts"], `${path}.parts`).map((part) => readResultMedia(part, reading));
  const response = objectAt(result["response"], `${path}.response`) ?? {};
  const { texts, isError } = textsOf(response);
  const parts = [...texts.map((text): TextPart => ({ type: "text", text })), ...media];
  return { type: "tool-result", callId, parts, isError };
}

function nameOf(members: Readonly<JsonObject>, path: string): string {
  const name = textAt(members["name"], `${path}.name`);
  if (name === null || name === "") throw malformed(`${path}.name`, "a tool's name");
  return name;
}

/**
 * The texts of a result: under the words that Google asks for, `output` and `error`, or the one that its examples use,
 * `result`. Anything else is the result itself, as JSON text.
 */
function textsOf(response: Readonly<JsonObject>): { readonly texts: readonly string[]; readonly isError: boolean } {
  const entries = Object.entries(response);
  const [only] = entries;
  if (only === undefined) return { texts: [], isError: false };
  const [name, value] = only;
  const isError = name === "error" && entries.length === 1;
  const isPlain = isError || ((name === "output" || name === "result") && entries.length === 1);
  if (isPlain && value === "") return { texts: [], isError };
  if (isPlain && typeof value === "string") return { texts: [value], isError };
  if (isPlain && isTextList(value)) return { texts: value, isError };
  return { texts: [JSON.stringify(isError ? value : response)], isError };
}

/** Several texts are written as a list; a list of one is the caller's own. */
function isTextList(value: JsonValue): value is string[] {
  return Array.isArray(value) && value.length > 1 && value.every((item) => typeof item === "string");
}

function readResultMedia(value: Readonly<JsonObject>, reading: Reading): ImagePart | DocumentPart {
  const path = `${partPath}.functionResponse.parts[]`;
  const part = reading.members(value, path);
  const file = objectAt(part["fileData"], `${path}.fileData`);
  if (file !== null) return readFileData(file, `${path}.fileData`, reading);
  const inline = objectAt(part["inlineData"], `${path}.inlineData`);
  if (!isGiven(inline) || inline === null) throw untranslatable(path, "a part of this kind is not known here");
  const media = readInlineData(inline, `${path}.inlineData`, reading);
  if (media.type === "audio") throw untranslatable(`${path}.inlineData`, "a result that is sound");
  return media;
}
