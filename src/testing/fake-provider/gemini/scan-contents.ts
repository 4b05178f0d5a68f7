import { isJsonObject, listOf, type JsonBody } from "../prepared-reply.ts";
import { geminiLettersPerToken, PromptScan } from "../token-scan.ts";
import { field, messageAt } from "./google-fields.ts";

/** A picture or a page of a document, and a second of sound (ai.google.dev/gemini-api/docs/tokens). */
const imageTokens = 258;
const audioTokensPerSecond = 32;
/** Our own flat rate for sound whose length is not looked at: bytes a second; and for what is somewhere else. */
const audioBytesPerSecond = 16_000;
const remoteAudioSeconds = 10;

/** A prompt, counted. Google counts no frame around a turn. */
export interface ScannedContents {
  readonly scan: PromptScan;
  readonly prompt: string;
  readonly system: string;
  /** The last turn is what tools answered. */
  readonly afterTool: boolean;
  readonly imageTokens: number;
  readonly audioTokens: number;
}

/** Walks a prompt in the order of the cached prefix: instructions, tools, turns. */
class ContentWalk {
  readonly scan = new PromptScan(geminiLettersPerToken);
  imageTokens = 0;
  audioTokens = 0;

  /** Text of the parts. */
  parts(content: JsonBody): string {
    let text = "";
    for (const part of listOf(content["parts"])) {
      if (!isJsonObject(part)) continue;
      if (typeof part["text"] === "string") {
        this.scan.text(part["text"]);
        text += part["text"];
      } else if (field(part, "inlineData") !== undefined) this.#media(messageAt(part, "inlineData"));
      else if (field(part, "fileData") !== undefined) this.#media(messageAt(part, "fileData"));
      else this.#words(part);
    }
    return text;
  }

  /** Calls and answers count as the JSON that they are; a signature costs nothing. */
  #words(part: JsonBody): void {
    const { thoughtSignature: _, thought_signature: __, ...rest } = part;
    this.scan.text(JSON.stringify(rest));
  }

  #media(data: JsonBody): void {
    this.scan.mark(JSON.stringify(data));
    const isAudio = String(field(data, "mimeType")).startsWith("audio/");
    const bytes = typeof data["data"] === "string" ? (data["data"].length * 3) / 4 : null;
    const seconds = bytes === null ? remoteAudioSeconds : Math.max(1, Math.ceil(bytes / audioBytesPerSecond));
    const tokens = isAudio ? seconds * audioTokensPerSecond : imageTokens;
    if (isAudio) this.audioTokens += tokens;
    else this.imageTokens += tokens;
    this.scan.overhead(tokens);
  }
}

function isToolAnswer(content: JsonBody | undefined): boolean {
  return listOf(content?.["parts"]).some((part) => isJsonObject(part) && field(part, "functionResponse") !== undefined);
}

/** Counts a request's prompt. */
export function scanContents(body: JsonBody): ScannedContents {
  const walk = new ContentWalk();
  walk.scan.mark("system");
  const system = walk.parts(messageAt(body, "systemInstruction"));
  if (listOf(body["tools"]).length > 0) walk.scan.text(JSON.stringify(body["tools"]));
  const config = messageAt(body, "generationConfig");
  const schema = field(config, "responseSchema") ?? field(config, "responseJsonSchema");
  if (isJsonObject(schema)) walk.scan.text(JSON.stringify(schema));
  const contents = listOf(body["contents"]).filter(isJsonObject);
  let prompt = "";
  for (const content of contents) {
    const role = content["role"] ?? "user";
    walk.scan.mark(String(role));
    const text = walk.parts(content);
    if (role === "user" && text !== "") prompt = text;
  }
  const { scan, audioTokens } = walk;
  return { scan, prompt, system, afterTool: isToolAnswer(contents.at(-1)), imageTokens: walk.imageTokens, audioTokens };
}
