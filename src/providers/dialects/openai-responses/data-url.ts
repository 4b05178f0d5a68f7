import type { MediaSource } from "../../../spec/conversation.ts";

/** `data:<type>;base64,` at the start of a URL (RFC 2397). */
const dataUrlStart = /^data:([^;,]+)(?:;[^;,]+)*;base64,/i;

/** Where a picture or document is: its bytes from a data URL, or the URL itself. */
export function sourceOfUrl(url: string): MediaSource {
  const found = dataUrlStart.exec(url);
  if (found === null) return { kind: "url", url };
  return { kind: "base64", mediaType: found[1] ?? "", data: url.slice(found[0].length) };
}

/** A URL for the source; bytes become a data URL. */
export function urlOfSource(source: MediaSource): string {
  return source.kind === "url" ? source.url : `data:${source.mediaType};base64,${source.data}`;
}
