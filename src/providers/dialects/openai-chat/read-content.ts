import type { CacheMark, DocumentPart, ImagePart, Part, TextPart } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { objectOf } from "../json-fields.ts";
import { sourceOfUrl } from "./data-url.ts";
import { malformed, optionalText, requireMembers, requireText } from "./require-field.ts";

const field = "messages[].content";

/**
 * What a message says: a text is one part. Empty texts say nothing and are left out, unless nothing else was said.
 * @throws FarthingError `invalid_request` or `untranslatable`, naming the field
 */
export function readContent(content: JsonValue | undefined): Part[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw malformed(field, "a text or an array of parts");
  return content.map((item) => readPart(requireMembers(item, `${field}[]`))).filter((part) => !isEmptyText(part));
}

/**
 * The same where only texts may stand.
 * @throws FarthingError as {@link readContent} does
 */
export function readTexts(content: JsonValue | undefined): TextPart[] {
  return readContent(content).map((part) => {
    if (part.type !== "text") throw malformed(`${field}[].type`, "`text` in this message");
    return part;
  });
}

/**
 * The same for what a tool answered.
 * @throws FarthingError as {@link readContent} does
 */
export function readToolContent(content: JsonValue | undefined): (TextPart | ImagePart | DocumentPart)[] {
  return readContent(content).map((part) => {
    if (part.type === "text" || part.type === "image" || part.type === "document") return part;
    throw malformed(`${field}[].type`, "`text`, `image_url` or `file` in a tool's message");
  });
}

function isEmptyText(part: Part): boolean {
  return part.type === "text" && part.text === "";
}

function readPart(part: Readonly<JsonObject>): Part {
  const type = requireText(part["type"], `${field}[].type`);
  switch (type) {
    case "text":
      return { type, text: requireText(part["text"], `${field}[].text`), ...cacheOf(part) };
    case "refusal":
      return { type, text: requireText(part["refusal"], `${field}[].refusal`) };
    case "image_url":
      return readImage(part);
    case "file":
      return readFile(part);
    case "input_audio": {
      const audio = requireMembers(part["input_audio"], `${field}[].input_audio`);
      const data = requireText(audio["data"], `${field}[].input_audio.data`);
      return { type: "audio", data, format: requireText(audio["format"], `${field}[].input_audio.format`) };
    }
    default:
      throw untranslatable(`${field}[].type`, `parts of the kind "${type.slice(0, 40)}" are not known here`);
  }
}

function readImage(part: Readonly<JsonObject>): ImagePart {
  const image = requireMembers(part["image_url"], `${field}[].image_url`);
  const source = sourceOfUrl(requireText(image["url"], `${field}[].image_url.url`), `${field}[].image_url.url`);
  const detail = optionalText(image["detail"], `${field}[].image_url.detail`);
  return { type: "image", source, ...(detail === null ? {} : { detail }), ...cacheOf(part) };
}

function readFile(part: Readonly<JsonObject>): DocumentPart {
  const file = requireMembers(part["file"], `${field}[].file`);
  const place = `${field}[].file.file_data`;
  const source = sourceOfUrl(requireText(file["file_data"], place), place);
  if (source.kind === "url") throw malformed(place, "a data URL with a media type and base64");
  const name = optionalText(file["filename"], `${field}[].file.filename`);
  return { type: "document", source, ...(name === null ? {} : { name }), ...cacheOf(part) };
}

/** OpenAI's breakpoint, or the mark that Anthropic's models understand through servers of this dialect. */
function cacheOf(part: Readonly<JsonObject>): { cache?: CacheMark } {
  const mark = objectOf(part["cache_control"]);
  if (mark !== null) {
    const lifetime = mark["ttl"] === "5m" || mark["ttl"] === "1h" ? mark["ttl"] : null;
    return { cache: { lifetime } };
  }
  return objectOf(part["prompt_cache_breakpoint"]) === null ? {} : { cache: { lifetime: null } };
}
