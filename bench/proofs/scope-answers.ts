import { concatBytes } from "../../src/kit/concat-bytes.ts";
import { allDialects } from "../../src/providers/dialects/all-dialects.ts";
import type { Dialect } from "../../src/spec/dialect.ts";
import type { JsonObject } from "../../src/spec/json.ts";
import type { DialectName } from "../../src/spec/request.ts";
import type { Translator } from "../../src/spec/translation.ts";
import type { Script } from "../../src/testing/scripted-transport.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
/** Stands in the templates where the number of the request comes; streams are cut between words only. */
const place = "@@";
const counts = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
const usage = { source: "provider", tokens: { input: 7, output: 3 } } as const;

/** Writes what the provider answers: each answer names the request that was sent for it. */
export class MarkedAnswers {
  readonly #translator: Translator;
  readonly #templates = new Map<string, string>();

  constructor(translator: Translator) {
    this.#translator = translator;
  }

  /** An answer in a dialect, at once or as a stream. */
  answer(dialect: DialectName, stream: boolean, mark: number): Script {
    const name = `${dialect} ${stream ? "stream" : "whole"}`;
    let template = this.#templates.get(name);
    if (template === undefined) {
      template = this.#templateOf(dialect, stream);
      this.#templates.set(name, template);
    }
    const headers = ["content-type", stream ? "text/event-stream" : "application/json"];
    return { headers, pieces: [encoder.encode(template.replaceAll(place, String(mark)))] };
  }

  #templateOf(dialect: DialectName, stream: boolean): string {
    if (dialect === "openai-completions") return completion(stream);
    const { codec } = allDialects[dialect];
    if (codec === null) throw new Error(`No answers are written for ${dialect}.`);
    const request = readPlain(allDialects[dialect], stream);
    const pieces = [encoder.encode(JSON.stringify(chatAnswer))];
    const stored = { dialect: "openai-chat", kind: "whole", pieces, streamUsage: false, usage } as const;
    const rendered = this.#translator.render(stored, { request, requestId: "fr_1", nowS: 1 });
    const text = dialect === "openai-chat" && !stream ? pieces : rendered?.pieces;
    if (text === undefined) throw new Error(`The proof's answer cannot be said in ${dialect}.`);
    return decoder.decode(concatBytes(text));
  }
}

const text = `Bought for request:${place};`;
const chatAnswer: JsonObject = {
  id: "c-1",
  object: "chat.completion",
  created: 5,
  model: "served-1",
  choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
  usage: counts,
};

function readPlain(dialect: Dialect, stream: boolean): ReturnType<Dialect["readRequest"]> {
  const turn = { role: "user", content: "?" };
  const stream_options = dialect.name === "openai-chat" && stream ? { stream_options: { include_usage: true } } : {};
  const body =
    dialect.name === "gemini"
      ? { contents: [{ role: "user", parts: [{ text: "?" }] }] }
      : { model: "m", messages: [turn], input: [turn], max_tokens: 9, stream, ...stream_options };
  return dialect.readRequest(body, 10, { model: "m", stream });
}

function completion(stream: boolean): string {
  const head = { id: "c-1", object: "text_completion", created: 5, model: "served-1" };
  if (!stream) return JSON.stringify({ ...head, choices: [legacyChoice(text, "stop")], usage: counts });
  const events = [
    { ...head, choices: [legacyChoice(text, null)] },
    { ...head, choices: [legacyChoice("", "stop")] },
    { ...head, choices: [], usage: counts },
  ];
  return `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`;
}

function legacyChoice(said: string, reason: string | null): JsonObject {
  return { index: 0, text: said, logprobs: null, finish_reason: reason };
}

/** A provider's refusal that every repeat would meet, which names the request too. */
export function markedRefusal(mark: number): Script {
  const error = {
    type: "invalid_request_error",
    message: `Invalid value in request:${mark};`,
    code: null,
  };
  return { status: 400, pieces: [encoder.encode(JSON.stringify({ type: "error", error }))] };
}

/** A vector for each input of a body; it holds the number of the request and which of its inputs it is for. */
export function markedVectors(body: Uint8Array, inputs: readonly string[], mark: number): Script {
  const { input, encoding_format: format } = JSON.parse(decoder.decode(body)) as JsonObject;
  const sent = Array.isArray(input) ? input : [input];
  const data = sent.map((each, index) => {
    const vector = [mark, inputs.indexOf(String(each))];
    return { object: "embedding", index, embedding: format === "base64" ? btoa(vector.join(" ")) : vector };
  });
  const tokens = { prompt_tokens: 7, total_tokens: 7 };
  return { pieces: [encoder.encode(JSON.stringify({ object: "list", data, model: "served-1", usage: tokens }))] };
}

/** The requests that the bytes of an answer, or of a refusal, were written for: each one once. */
export function marksIn(bytes: string): readonly number[] {
  return [...new Set(Array.from(bytes.matchAll(/request:(\d+);/g), ([, mark]) => Number(mark)))];
}

/** The same of vectors, in the order of their inputs: number of the request, and of its input. */
export function vectorMarksIn(bytes: string): readonly (readonly [mark: number, input: number])[] {
  const { data } = JSON.parse(bytes) as {
    readonly data: readonly { readonly embedding: string | readonly number[] }[];
  };
  return data.map(({ embedding }) => {
    const [mark = Number.NaN, input = Number.NaN] =
      typeof embedding === "string" ? atob(embedding).split(" ").map(Number) : embedding;
    return [mark, input];
  });
}
