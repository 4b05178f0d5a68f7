import type { AudioPart, DocumentPart, ImagePart, MediaSource } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { audioFormatOf, kindOfMedia, mediaTypeOf } from "./media-types.ts";
import { malformed, type Reading, textAt } from "./reading.ts";

/** A picture, document or sound that stands in the request itself. */
export function readInlineData(
  value: Readonly<JsonObject>,
  path: string,
  reading: Reading,
): ImagePart | DocumentPart | AudioPart {
  const members = reading.members(value, path);
  const mediaType = textAt(members["mimeType"], `${path}.mimeType`);
  const data = textAt(members["data"], `${path}.data`);
  if (mediaType === null || mediaType === "") throw malformed(`${path}.mimeType`, "a type such as image/png");
  if (data === null) throw malformed(`${path}.data`, "base64");
  if (kindOfMedia(mediaType) === "audio") {
    if (members["displayName"] !== undefined) reading.drop(`${path}.displayName`);
    return { type: "audio", data, format: audioFormatOf(mediaType) };
  }
  const source: MediaSource = { kind: "base64", mediaType, data };
  return mediaPart(source, mediaType, textAt(members["displayName"], `${path}.displayName`), path, reading);
}

/** A picture or document by its address. */
export function readFileData(value: Readonly<JsonObject>, path: string, reading: Reading): ImagePart | DocumentPart {
  const members = reading.members(value, path);
  const url = textAt(members["fileUri"], `${path}.fileUri`);
  if (url === null || url === "") throw malformed(`${path}.fileUri`, "an address");
  if (isStoredAtGoogle(url)) throw untranslatable(`${path}.fileUri`, "only Google can read this address");
  const mediaType = textAt(members["mimeType"], `${path}.mimeType`) ?? mediaTypeOf(url);
  if (mediaType === null || mediaType === "") throw malformed(`${path}.mimeType`, "a type such as image/png");
  const name = textAt(members["displayName"], `${path}.displayName`);
  return mediaPart({ kind: "url", url }, mediaType, name, path, reading);
}

function mediaPart(
  source: MediaSource,
  mediaType: string,
  name: string | null,
  path: string,
  reading: Reading,
): ImagePart | DocumentPart {
  const kind = kindOfMedia(mediaType);
  if (kind === "document") return { type: "document", source, ...(name === null ? {} : { name }) };
  if (kind !== "image") throw untranslatable(`${path}.mimeType`, `${kind} has no place in another dialect here`);
  if (name !== null) reading.drop(`${path}.displayName`);
  return { type: "image", source };
}

/** Uploads of Google's file API and its storage, and films of YouTube, which Google reads by their page. */
function isStoredAtGoogle(url: string): boolean {
  return (
    !/^https?:\/\//i.test(url) ||
    /^https?:\/\/(?:generativelanguage\.googleapis\.com|(?:[a-z]+\.)?youtube\.com|youtu\.be)\//i.test(url)
  );
}
