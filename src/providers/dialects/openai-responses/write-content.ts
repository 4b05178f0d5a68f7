import type { DocumentPart, ImagePart, Part, TextPart } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { urlOfSource } from "./data-url.ts";

/** The vendor tells the kind of a file by the end of its name and wants one beside the bytes (file inputs guide). */
const standardNames: ReadonlyMap<string, string> = new Map([
  ["application/pdf", "document.pdf"],
  ["text/plain", "document.txt"],
]);

/** Parts that a message of the caller's, or the output of a tool, may hold. */
export type InputPart = TextPart | ImagePart | DocumentPart;

/** A piece of what the caller, or one of its tools, says. */
export function inputContentOf(part: InputPart): JsonObject {
  if (part.type === "text") return { type: "input_text", text: part.text };
  if (part.type === "image") {
    const detail = part.detail === undefined ? {} : { detail: part.detail };
    return { type: "input_image", image_url: urlOfSource(part.source), ...detail };
  }
  const { source, name } = part;
  if (source.kind === "url") {
    return { type: "input_file", file_url: source.url, ...(name === undefined ? {} : { filename: name }) };
  }
  const filename = name ?? standardNames.get(source.mediaType) ?? "document";
  return { type: "input_file", filename, file_data: urlOfSource(source) };
}

/**
 * A part of a message by `role`.
 * @throws FarthingError `untranslatable` for parts that such a message cannot hold
 */
export function messageContentOf(part: Part, role: "user" | "assistant" | "system"): JsonObject {
  if (role === "assistant") {
    if (part.type === "text") return { type: "output_text", text: part.text };
    if (part.type === "refusal") return { type: "refusal", refusal: part.text };
  } else if (part.type === "text" || (role === "user" && (part.type === "image" || part.type === "document"))) {
    return inputContentOf(part);
  }
  throw untranslatable(`${part.type} of ${role}`, "such a message cannot hold it there");
}
