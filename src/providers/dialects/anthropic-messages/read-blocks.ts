import type { DocumentPart, ImagePart, MediaSource, Part, TextPart } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import { readCacheMark } from "./read-cache-mark.ts";
import type { ReadingNotes } from "./reading-notes.ts";
import { asObject, malformed, optionalBoolean, optionalObject, optionalText, requireText } from "./typed-fields.ts";

type Block = Readonly<JsonObject>;

/**
 * The parts of a message's content, a text or an array of blocks. An empty text gives no part.
 * @throws FarthingError `invalid_request`; `untranslatable` for blocks that no other dialect has
 */
export function readContent(content: JsonValue | undefined, path: string, notes: ReadingNotes): Part[] {
  return readEach(content, path, (block, blockPath) => readBlock(block, blockPath, notes));
}

/**
 * The same for content that may hold texts only: the system prompt and messages of the system.
 * @throws FarthingError `invalid_request`
 */
export function readTexts(content: JsonValue | undefined, path: string, notes: ReadingNotes): TextPart[] {
  return readEach(content, path, (block, blockPath) => {
    if (block["type"] !== "text") throw malformed(`${blockPath}.type`, '"text"');
    return readText(block, blockPath, notes);
  });
}

function readEach<Read extends Part>(
  content: JsonValue | undefined,
  path: string,
  read: (block: Block, path: string) => Read,
): (Read | TextPart)[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw malformed(path, "a text or an array of blocks");
  return content.map((block, index) => read(asObject(block, `${path}[${index}]`), `${path}[${index}]`));
}

function readBlock(block: Block, path: string, notes: ReadingNotes): Part {
  const type = requireText(block, "type", path);
  switch (type) {
    case "text":
      return readText(block, path, notes);
    case "image":
      return readImage(block, path, notes);
    case "document":
      return readDocument(block, path, notes);
    case "tool_use":
      return readToolUse(block, path, notes);
    case "tool_result":
      return readToolResult(block, path, notes);
    case "thinking":
      notes.leaveOutUnknown(block, path, ["type", "thinking", "signature"]);
      return {
        type: "reasoning",
        text: requireText(block, "thinking", path),
        // We write an empty one where another vendor's thinking has none.
        signature: optionalText(block, "signature", path) || null,
        redacted: null,
        id: null,
      };
    case "redacted_thinking":
      notes.leaveOutUnknown(block, path, ["type", "data"]);
      return { type: "reasoning", text: "", signature: null, redacted: requireText(block, "data", path), id: null };
    default:
      // Calls and results of tools that the vendor runs, search results to cite, files at the vendor, compactions.
      throw untranslatable(path, `blocks of type ${JSON.stringify(type)} exist in this dialect only`);
  }
}

function readText(block: Block, path: string, notes: ReadingNotes): TextPart {
  // Citations of earlier answers, as the model gave them, are named with the rest that is left out.
  notes.leaveOutUnknown(block, path, ["type", "text", "cache_control"]);
  return { type: "text", text: requireText(block, "text", path), ...readCacheMark(block, path, notes) };
}

function readImage(block: Block, path: string, notes: ReadingNotes): ImagePart {
  notes.leaveOutUnknown(block, path, ["type", "source", "cache_control"]);
  const source = asObject(block["source"], `${path}.source`);
  return { type: "image", source: readSource(source, `${path}.source`, notes), ...readCacheMark(block, path, notes) };
}

function readSource(source: Block, path: string, notes: ReadingNotes): MediaSource {
  const kind = requireText(source, "type", path);
  if (kind === "url") {
    notes.leaveOutUnknown(source, path, ["type", "url"]);
    return { kind, url: requireText(source, "url", path) };
  }
  if (kind === "base64") {
    notes.leaveOutUnknown(source, path, ["type", "media_type", "data"]);
    return { kind, mediaType: requireText(source, "media_type", path), data: requireText(source, "data", path) };
  }
  throw untranslatable(`${path}.type`, `sources of type ${JSON.stringify(kind)} exist in this dialect only`);
}

/** A document of plain text becomes a text: every model reads those, and most take no other documents than PDF. */
function readDocument(block: Block, path: string, notes: ReadingNotes): DocumentPart | TextPart {
  notes.leaveOutUnknown(block, path, ["type", "source", "cache_control", "citations", "title"]);
  const citations = optionalObject(block, "citations", path);
  if (citations?.["enabled"] === true) throw untranslatable(`${path}.citations`, "the answer would have citations");
  const source = asObject(block["source"], `${path}.source`);
  const title = optionalText(block, "title", path);
  const cache = readCacheMark(block, path, notes);
  if (source["type"] === "text") {
    notes.leaveOutUnknown(source, `${path}.source`, ["type", "media_type", "data"]);
    if (title !== null) notes.leaveOut(`${path}.title`);
    return { type: "text", text: requireText(source, "data", `${path}.source`), ...cache };
  }
  const read = readSource(source, `${path}.source`, notes);
  return { type: "document", source: read, ...(title === null ? {} : { name: title }), ...cache };
}

function readToolUse(block: Block, path: string, notes: ReadingNotes): Part {
  notes.leaveOutUnknown(block, path, ["type", "id", "name", "input", "cache_control", "caller"]);
  if (isGiven(block["caller"]) && asObject(block["caller"], `${path}.caller`)["type"] !== "direct") {
    throw untranslatable(`${path}.caller`, "a tool that the vendor runs made this call");
  }
  return {
    type: "tool-call",
    id: requireText(block, "id", path),
    name: requireText(block, "name", path),
    argumentsText: JSON.stringify(asObject(block["input"], `${path}.input`)),
    ...readCacheMark(block, path, notes),
  };
}

function readToolResult(block: Block, path: string, notes: ReadingNotes): Part {
  notes.leaveOutUnknown(block, path, ["type", "tool_use_id", "content", "is_error", "cache_control"]);
  const content = isGiven(block["content"]) ? readContent(block["content"], `${path}.content`, notes) : [];
  const parts = content.map((part, index) => {
    if (part.type === "text" || part.type === "image" || part.type === "document") return part;
    throw malformed(`${path}.content[${index}].type`, '"text", "image" or "document"');
  });
  return {
    type: "tool-result",
    callId: requireText(block, "tool_use_id", path),
    parts,
    isError: optionalBoolean(block, "is_error", path) ?? false,
    ...readCacheMark(block, path, notes),
  };
}
