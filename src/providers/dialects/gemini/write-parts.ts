import type {
  DocumentPart,
  ImagePart,
  MediaSource,
  Part,
  ReasoningPart,
  ToolCallPart,
  ToolResultPart,
} from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { parseObject } from "../json-fields.ts";
import { mediaTypeOf } from "./media-types.ts";
import type { WritingNotes } from "./writing-notes.ts";

/** Names of tools by the ids of their calls, as far as the conversation has come. */
export type ToolNames = Map<string, string>;

/** One part in Google's form; null for one that says nothing. @throws FarthingError `untranslatable` naming the concept */
export function writePart(part: Part, names: ToolNames, notes: WritingNotes): JsonObject | null {
  switch (part.type) {
    case "text":
      return writeText(part.text, part.signature);
    case "refusal":
      notes.approximate("refusal as text");
      return writeText(part.text, undefined);
    case "image":
    case "document":
      return writeMedia(part, notes);
    case "audio":
      return { inlineData: { mimeType: `audio/${part.format}`, data: part.data } };
    case "reasoning":
      return writeThought(part);
    case "tool-call":
      names.set(part.id, part.name);
      return writeRequestedCall(part);
    case "tool-result":
      return writeResult(part, names, notes);
  }
}

/** Google refuses an empty text unless it carries a signature. */
function writeText(text: string, signature: string | undefined): JsonObject | null {
  if (signature !== undefined) return { text, thoughtSignature: signature };
  return text === "" ? null : { text };
}

/** A thought; null where the provider hid it and proves nothing. */
export function writeThought({ text, signature }: ReasoningPart): JsonObject | null {
  if (signature !== null) return { text, thought: true, thoughtSignature: signature };
  return text === "" ? null : { text, thought: true };
}

/** A call of a tool; null when its arguments are no JSON object. */
export function writeCall({ id, name, argumentsText, signature }: ToolCallPart): JsonObject | null {
  const args = argumentsText.trim() === "" ? {} : parseObject(argumentsText);
  if (args === null) return null;
  const call: JsonObject = { ...(id === "" ? {} : { id }), name, args };
  return { functionCall: call, ...(signature === undefined ? {} : { thoughtSignature: signature }) };
}

function writeRequestedCall(part: ToolCallPart): JsonObject {
  const written = writeCall(part);
  if (written === null) throw untranslatable("tool-call", "its arguments are no JSON object");
  return written;
}

function writeMedia(part: ImagePart | DocumentPart, notes: WritingNotes): JsonObject {
  const { source, type } = part;
  if (source.kind === "base64") return { inlineData: { mimeType: source.mediaType, data: source.data } };
  return { fileData: { mimeType: addressedType(source, type, notes), fileUri: source.url } };
}

function addressedType(
  { url }: Extract<MediaSource, { kind: "url" }>,
  type: "image" | "document",
  notes: WritingNotes,
): string {
  const told = mediaTypeOf(url);
  if (told !== null) return told;
  const guessed = type === "image" ? "image/jpeg" : "application/pdf";
  notes.approximate(`${type}-url as ${guessed}`);
  return guessed;
}

/** The texts stand under the words that Google asks for, several as a list; media follow in a list of their own. */
function writeResult({ callId, parts, isError }: ToolResultPart, names: ToolNames, notes: WritingNotes): JsonObject {
  const name = names.get(callId);
  if (name === undefined) throw untranslatable("tool-result", "no call with its id stands before it");
  const texts = parts.filter((part) => part.type === "text").map(({ text }) => text);
  const media = parts.filter((part) => part.type !== "text").map((part) => writeMedia(part, notes));
  const said = texts.length > 1 ? texts : (texts[0] ?? "");
  const response: JsonObject =
    said === "" && media.length > 0 && !isError ? {} : { [isError ? "error" : "output"]: said };
  const result: JsonObject = { ...(callId === "" ? {} : { id: callId }), name, response };
  return { functionResponse: media.length === 0 ? result : { ...result, parts: media } };
}
