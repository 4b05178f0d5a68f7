import type { AudioPart, DocumentPart, ImagePart, TextPart } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { urlOfSource } from "./data-url.ts";

/** OpenAI takes a file's bytes only with a name. */
const unnamedFile = "document.pdf";

/** Parts as a message's `content`: one text alone is written as such, the form that every server takes. */
export function writeContent(parts: readonly (TextPart | ImagePart | DocumentPart | AudioPart)[]): JsonValue {
  const [first, ...more] = parts;
  if (first?.type === "text" && more.length === 0) return first.text;
  return parts.map((part) => writePart(part));
}

function writePart(part: TextPart | ImagePart | DocumentPart | AudioPart): JsonObject {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text };
    case "image": {
      const detail = part.detail === undefined ? {} : { detail: part.detail };
      return { type: "image_url", image_url: { url: urlOfSource(part.source), ...detail } };
    }
    case "document":
      return { type: "file", file: { filename: part.name ?? unnamedFile, file_data: urlOfSource(part.source) } };
    case "audio":
      return { type: "input_audio", input_audio: { data: part.data, format: part.format } };
  }
}
