/** Types by the ending of a name, of what Gemini looks at (ai.google.dev/gemini-api/docs/file-input-methods, read 2026-11-21). */
const types: ReadonlyMap<string, string> = new Map([
  ["png", "image/png"],
  ["jpg", "image/jpeg"],
  ["jpeg", "image/jpeg"],
  ["webp", "image/webp"],
  ["gif", "image/gif"],
  ["heic", "image/heic"],
  ["heif", "image/heif"],
  ["bmp", "image/bmp"],
  ["pdf", "application/pdf"],
  ["txt", "text/plain"],
  ["md", "text/markdown"],
  ["html", "text/html"],
  ["htm", "text/html"],
  ["csv", "text/csv"],
  ["xml", "text/xml"],
  ["json", "application/json"],
]);

/** The type that the path of an address ends with; null when it tells none. */
export function mediaTypeOf(url: string): string | null {
  const path = url.replace(/[?#].*$/s, "");
  const ending = /\.([A-Za-z0-9]+)$/.exec(path)?.[1];
  return ending === undefined ? null : (types.get(ending.toLowerCase()) ?? null);
}

/** What a type is, as far as it decides what kind of part it makes. */
export function kindOfMedia(mediaType: string): "image" | "audio" | "video" | "document" {
  const family = /^(image|audio|video)\//i.exec(mediaType)?.[1]?.toLowerCase();
  return family === "image" || family === "audio" || family === "video" ? family : "document";
}

/** Formats of sound whose types have another name. */
const audioFormats: ReadonlyMap<string, string> = new Map([
  ["mpeg", "mp3"],
  ["mpga", "mp3"],
  ["x-wav", "wav"],
  ["wave", "wav"],
]);

/** The neutral form's name of a sound's format. */
export function audioFormatOf(mediaType: string): string {
  const format = mediaType
    .slice("audio/".length)
    .replace(/\s*;.*$/s, "")
    .toLowerCase();
  return audioFormats.get(format) ?? format;
}
