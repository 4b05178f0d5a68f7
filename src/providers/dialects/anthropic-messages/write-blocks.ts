import { Buffer } from "node:buffer";
import { FarthingError } from "../../../kit/farthing-error.ts";
import type {
  CacheMark,
  DocumentPart,
  MediaSource,
  Part,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { parseObject } from "../json-fields.ts";
import type { ModelRules } from "./model-rules.ts";
import type { WritingNotes } from "./writing-notes.ts";

/**
 * The `content` of a message: the text alone where that says it all, else its blocks. Texts without a letter are left
 * out, because the API refuses them ("text content blocks must contain non-whitespace text").
 */
export function contentOf(blocks: readonly JsonObject[]): JsonValue {
  const [only, ...more] = blocks;
  if (only === undefined) return "";
  return more.length === 0 && only["type"] === "text" && only["cache_control"] === undefined
    ? (only["text"] ?? "")
    : [...blocks];
}

/**
 * The block of a part; null for one that has to be left out.
 * @throws FarthingError `untranslatable`, `invalid_request`
 */
export function writeBlock(part: Part, rules: ModelRules, notes: WritingNotes): JsonObject | null {
  switch (part.type) {
    case "text":
      return writeText(part, notes);
    case "refusal":
      notes.approximate("refusal as text");
      return writeText({ type: "text", text: part.text }, notes);
    case "image":
      return { type: "image", source: writeSource(part.source), ...cacheControlOf(part.cache) };
    case "document":
      return writeDocument(part);
    case "tool-call":
      return writeToolUse(part, notes);
    case "tool-result":
      return writeToolResult(part, rules, notes);
    case "reasoning":
      return writeReasoning(part, rules, notes);
    case "audio":
      throw untranslatable("audio", "its dialect has no such thing");
  }
}

/** The `cache_control` of a mark, ready to be spread. */
export function cacheControlOf(cache: CacheMark | undefined): { cache_control?: JsonObject } {
  if (cache === undefined) return {};
  return { cache_control: { type: "ephemeral", ...(cache.lifetime === null ? {} : { ttl: cache.lifetime }) } };
}

/** A text block; null for a text that the API would refuse. */
export function writeText(part: TextPart, notes: WritingNotes): JsonObject | null {
  if (part.text.trim() === "") {
    if (part.text !== "") notes.leaveOut("text without a letter");
    return null;
  }
  return { type: "text", text: part.text, ...cacheControlOf(part.cache) };
}

function writeSource(source: MediaSource): JsonObject {
  if (source.kind === "url") return { type: "url", url: source.url };
  return { type: "base64", media_type: source.mediaType, data: source.data };
}

function writeDocument({ source, name, cache }: DocumentPart): JsonObject {
  return {
    type: "document",
    source: source.kind === "base64" ? writeDocumentBytes(source.mediaType, source.data) : writeSource(source),
    ...(name === undefined ? {} : { title: name }),
    ...cacheControlOf(cache),
  };
}

/** The dialect takes PDF as base64 and plain text as text, nothing else. */
function writeDocumentBytes(mediaType: string, data: string): JsonObject {
  if (mediaType.startsWith("text/")) {
    return { type: "text", media_type: "text/plain", data: Buffer.from(data, "base64").toString("utf8") };
  }
  if (mediaType === "application/pdf") return { type: "base64", media_type: mediaType, data };
  throw untranslatable("document", `its dialect takes PDF and plain text, not ${JSON.stringify(mediaType)}`);
}

function writeToolUse({ id, name, argumentsText, cache }: ToolCallPart, notes: WritingNotes): JsonObject {
  const input = argumentsText.trim() === "" ? {} : parseObject(argumentsText);
  if (input === null) {
    const message = `The arguments of the tool call ${JSON.stringify(name)} are no JSON object.`;
    throw new FarthingError("invalid_request", message, { field: "arguments" });
  }
  return { type: "tool_use", id: toolIdOf(id, notes), name, input: { ...input }, ...cacheControlOf(cache) };
}

/** The API takes letters, digits, `_` and `-` in ids (`^[a-zA-Z0-9_-]+$`); other characters go as their code, call and result alike. */
function toolIdOf(id: string, notes: WritingNotes): string {
  const plain = id.replaceAll(/[^a-zA-Z0-9_-]/gu, (odd) => `_${(odd.codePointAt(0) ?? 0).toString(16)}`);
  if (plain !== id) notes.approximate("tool-call id in other letters");
  return plain;
}

function writeToolResult(part: ToolResultPart, rules: ModelRules, notes: WritingNotes): JsonObject {
  const blocks = part.parts.map((inner) => writeBlock(inner, rules, notes)).filter((block) => block !== null);
  return {
    type: "tool_result",
    tool_use_id: toolIdOf(part.callId, notes),
    ...(blocks.length === 0 ? {} : { content: contentOf(blocks) }),
    ...(part.isError ? { is_error: true } : {}),
    ...cacheControlOf(part.cache),
  };
}

function writeReasoning(part: ReasoningPart, rules: ModelRules, notes: WritingNotes): JsonObject | null {
  if (part.redacted !== null) return { type: "redacted_thinking", data: part.redacted };
  if (part.signature !== null || rules.unsignedThinking) {
    return { type: "thinking", thinking: part.text, signature: part.signature ?? "" };
  }
  notes.leaveOut("reasoning without a signature");
  return null;
}
