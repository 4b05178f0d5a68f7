import type {
  AudioPart,
  CacheMark,
  DocumentPart,
  ImagePart,
  MediaSource,
  RefusalPart,
  TextPart,
} from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { isGiven } from "../read-count.ts";
import { checkMembers, type Dropped } from "./check-members.ts";
import { sourceOfUrl } from "./data-url.ts";
import { misfit, objectAt, objectsAt, requiredTextAt, textAt } from "./demand-fields.ts";

/** Pieces that a message may hold. */
export type ContentPart = TextPart | ImagePart | DocumentPart | AudioPart | RefusalPart;

/** Kinds of content that hold a text; `text` is the name that some clients still give. */
const textKinds: ReadonlySet<string> = new Set(["input_text", "output_text", "text"]);
/** What `file_data` without a data URL's prefix is: the vendor's guide shows it for PDF only. */
const bareMediaType = "application/pdf";

/**
 * The pieces of a message or of a tool's output; a plain text is one piece, an empty one none.
 * @param path of the list, without `[]`
 * @throws FarthingError `invalid_request`, `untranslatable`
 */
export function readContent(content: JsonValue | undefined, path: string, dropped: Dropped): readonly ContentPart[] {
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw misfit(path, "a text or an array");
  return objectsAt(content, path).map((part) => readPart(part, `${path}[]`, dropped));
}

function readPart(part: Readonly<JsonObject>, path: string, dropped: Dropped): ContentPart {
  checkMembers(part, path, dropped);
  const type = requiredTextAt(part["type"], `${path}.type`);
  if (textKinds.has(type)) {
    return { type: "text", text: requiredTextAt(part["text"], `${path}.text`), ...cacheOf(part, path, dropped) };
  }
  if (type === "refusal") return { type: "refusal", text: requiredTextAt(part["refusal"], `${path}.refusal`) };
  if (type === "input_image") return readImage(part, path, dropped);
  if (type === "input_file") return readDocument(part, path, dropped);
  if (type === "input_audio") return readAudio(part, path);
  throw untranslatable(`${path}.type`, "this kind of content is not known here");
}

function readImage(part: Readonly<JsonObject>, path: string, dropped: Dropped): ImagePart {
  const source = sourceOfUrl(requiredTextAt(part["image_url"], `${path}.image_url`));
  const detail = textAt(part["detail"], `${path}.detail`);
  return { type: "image", source, ...(detail === null ? {} : { detail }), ...cacheOf(part, path, dropped) };
}

function readDocument(part: Readonly<JsonObject>, path: string, dropped: Dropped): DocumentPart {
  // Pictures may be looked at more or less closely in any dialect, documents only here.
  if (isGiven(part["detail"])) dropped.add(`${path}.detail`);
  const name = textAt(part["filename"], `${path}.filename`);
  const source = documentSourceOf(part, path);
  return { type: "document", source, ...(name === null ? {} : { name }), ...cacheOf(part, path, dropped) };
}

function documentSourceOf(part: Readonly<JsonObject>, path: string): MediaSource {
  const url = textAt(part["file_url"], `${path}.file_url`);
  if (url !== null) return { kind: "url", url };
  const data = requiredTextAt(part["file_data"], `${path}.file_data`);
  const source = sourceOfUrl(data);
  return source.kind === "base64" ? source : { kind: "base64", mediaType: bareMediaType, data };
}

function readAudio(part: Readonly<JsonObject>, path: string): AudioPart {
  const audio = objectAt(part["input_audio"], `${path}.input_audio`);
  if (audio === null) throw misfit(`${path}.input_audio`, "an object");
  const data = requiredTextAt(audio["data"], `${path}.input_audio.data`);
  return { type: "audio", data, format: requiredTextAt(audio["format"], `${path}.input_audio.format`) };
}

function cacheOf(part: Readonly<JsonObject>, path: string, dropped: Dropped): { cache?: CacheMark } {
  const mark = objectAt(part["prompt_cache_breakpoint"], `${path}.prompt_cache_breakpoint`);
  if (mark === null) return {};
  checkMembers(mark, `${path}.prompt_cache_breakpoint`, dropped);
  // The vendor's lifetimes, 30 minutes and 12 hours, are nobody else's.
  return { cache: { lifetime: null } };
}
