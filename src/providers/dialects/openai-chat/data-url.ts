import type { MediaSource } from "../../../spec/conversation.ts";
import { malformed } from "./require-field.ts";

const scheme = "data:";
const encoding = ";base64";

/**
 * Where the bytes of a picture or file are: a data URL holds them itself.
 * @throws FarthingError `invalid_request` for a data URL that is not base64
 */
export function sourceOfUrl(url: string, field: string): MediaSource {
  if (url.slice(0, scheme.length).toLowerCase() !== scheme) return { kind: "url", url };
  const comma = url.indexOf(",");
  const head = url.slice(scheme.length, Math.max(scheme.length, comma));
  const mediaType = head.slice(0, Math.max(0, head.indexOf(";")));
  if (comma === -1 || mediaType === "" || !head.toLowerCase().endsWith(encoding)) {
    throw malformed(field, "a URL, or a data URL with a media type and base64");
  }
  return { kind: "base64", mediaType, data: url.slice(comma + 1) };
}

/** The one text that this dialect has for both kinds of source. */
export function urlOfSource(source: MediaSource): string {
  return source.kind === "url" ? source.url : `${scheme}${source.mediaType}${encoding},${source.data}`;
}
