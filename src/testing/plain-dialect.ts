import type { Dialect, ReplyFacts, StreamFacts, StreamObserver } from "../spec/dialect.ts";
import type { ElementCodec } from "../spec/element-codec.ts";
import type { JsonObject, JsonValue } from "../spec/json.ts";
import type { DialectName, ModelRequest, RequestEdit } from "../spec/request.ts";
import { type Usage, unknownUsage } from "../spec/usage.ts";

const encoder = new TextEncoder();
const noBytes = new Uint8Array(0);
/** The terminal event of a plain stream. */
export const plainTerminal = "data: [DONE]\n\n";

/** The body of a whole plain answer. */
export function plainAnswer(
  text: string,
  tokens: Usage["tokens"] = { input: 7, output: 3 },
  finish = "stop",
): Uint8Array {
  return encoder.encode(JSON.stringify({ id: "answer-1", model: "served", text, finish, tokens }));
}

/** The events of the same answer as a stream, one event a piece; the terminal event comes last. */
export function plainStream(
  text: string,
  tokens: Usage["tokens"] = { input: 7, output: 3 },
  finish = "stop",
): Uint8Array[] {
  const events = [...text].map((letter) => `data: ${JSON.stringify({ text: letter })}\n\n`);
  events.push(`data: ${JSON.stringify({ id: "answer-1", model: "served", finish, tokens })}\n\n`, plainTerminal);
  return events.map((event) => encoder.encode(event));
}

/**
 * The smallest dialect there is, for tests of everything around it: whole answers are `{id, model, text, finish, tokens}`,
 * streams are events of parts of that, each event in one piece.
 */
export function createPlainDialect(name: DialectName): Dialect {
  return {
    name,
    path: "/v1/plain",
    codec: null,
    matchPath: (path) => (path === "/v1/plain" ? { model: null, stream: null } : null),
    callPath: () => "/v1/plain",
    readRequest: (document, bodyBytes) => plainRequest(document as JsonObject, bodyBytes, name),
    encodeRequest: (request, edit) => encoder.encode(JSON.stringify(edited(request, edit))),
    readReply: (body) => readPlain(parse(new TextDecoder().decode(body))),
    observeStream: () => new PlainObserver(),
    foldStream: () => [],
    renderError: (error) => encoder.encode(JSON.stringify({ error })),
    renderStreamError: (error) => encoder.encode(`data: ${JSON.stringify({ error: error.code })}\n\n`),
    promptBytes: (request) => request.bodyBytes,
    ...(name === "openai-embeddings" ? { elements: plainElements } : {}),
  };
}

/** A plain body's inputs are the words of its text; no plain answer has an answer for each. */
const plainElements: ElementCodec = {
  readInputs: ({ rest }) =>
    String(rest["text"])
      .split(" ")
      .map((text) => ({ text, weight: Math.max(1, text.length), inTokens: false })),
  keepInputs: (request) => request,
  readAnswer: () => null,
  writeAnswer: () => noBytes,
};

/** Reads a plain body: any JSON object. */
export function plainRequest(rest: JsonObject, bodyBytes: number, dialect: DialectName = "openai-chat"): ModelRequest {
  return {
    dialect,
    model: String(rest["model"] ?? "model-a"),
    stream: rest["stream"] === true,
    streamUsage: rest["streamUsage"] === true,
    outputTokensMax: null,
    choices: typeof rest["n"] === "number" ? rest["n"] : 1,
    temperature: typeof rest["temperature"] === "number" ? rest["temperature"] : null,
    hasTools: Array.isArray(rest["tools"]),
    stateful: rest["stateful"] === true,
    bodyBytes,
    rest,
  };
}

function edited(request: ModelRequest, edit: RequestEdit): JsonObject {
  const model = edit.model === undefined ? {} : { model: edit.model };
  return { ...request.rest, ...model, ...(edit.addStreamUsage === true ? { streamUsage: true } : {}) };
}

class PlainObserver implements StreamObserver {
  #events = "";
  readonly #decoder = new TextDecoder();

  push(bytes: Uint8Array): { pass: Uint8Array; terminal: Uint8Array | null } {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.#events += text;
    return text.endsWith(plainTerminal) ? { pass: noBytes, terminal: bytes } : { pass: bytes, terminal: null };
  }

  facts(): StreamFacts {
    let answer: JsonObject = {};
    let generated = "";
    for (const event of this.#events.split("\n\n")) {
      const part = parse(event.slice("data: ".length));
      answer = { ...answer, ...part };
      if (typeof part["text"] === "string") generated += part["text"];
    }
    const generatedBytes = encoder.encode(generated).length;
    const terminal = this.#events.endsWith(plainTerminal);
    return { ...readPlain(answer), terminal, errored: answer["error"] !== undefined, generatedBytes };
  }
}

function readPlain(answer: JsonObject): ReplyFacts {
  const { id, model, finish, tokens } = answer;
  const usage: Usage = isObject(tokens) ? { source: "provider", tokens: tokens as Usage["tokens"] } : unknownUsage;
  return {
    usage,
    servedModel: typeof model === "string" ? model : null,
    responseId: typeof id === "string" ? id : null,
    finishReason: finish === "stop" || finish === "length" || finish === "tool-calls" ? finish : null,
    hasToolCalls: finish === "tool-calls",
  };
}

function parse(text: string): JsonObject {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
