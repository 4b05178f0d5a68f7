import { openaiEmbeddings } from "../../providers/dialects/openai-embeddings/dialect.ts";
import type { Context } from "../../spec/context.ts";
import type { JsonObject, JsonValue } from "../../spec/json.ts";
import type { RequestRecord } from "../../spec/ledger.ts";
import type { Reply, WholeReply } from "../../spec/reply.ts";
import type { Route } from "../../spec/route.ts";
import type { Handler } from "../../spec/stage.ts";
import type { Script } from "../../testing/scripted-transport.ts";
import { createStageContext, stageCache, stageEndpoint, stageRoute } from "../../testing/stage-context.ts";
import { createStagePorts, plainDialects, type StagePorts } from "../../testing/stage-ports.ts";
import { createPlainDialect } from "../../testing/plain-dialect.ts";
import { buildPipeline } from "../order.ts";

const encoder = new TextEncoder();
const endpoint = stageEndpoint("first", { dialects: ["openai-embeddings"] });

/** What a request may differ in. */
export interface EmbeddingsOptions {
  readonly body?: JsonObject;
  readonly changes?: Partial<Omit<Context, "ports" | "request" | "rawBody">>;
}

/** A provider of embeddings whose vectors follow from the input, behind the pipeline of a route. */
export interface EmbeddingsBench {
  readonly ports: StagePorts;
  readonly handler: Handler;
  /** The inputs of each call, in order. */
  readonly asked: readonly (readonly JsonValue[])[];
  /** Every row's short story: the stage's reason and note. */
  readonly story: () => readonly string[];
  readonly row: (index: number) => RequestRecord;
  ask(input: JsonValue, options?: EmbeddingsOptions): Promise<WholeReply>;
  contextOf(input: JsonValue, options?: EmbeddingsOptions): Context;
  /** Answers each call in place of the usual; index counts from 0. */
  answer: (inputs: readonly JsonValue[], body: JsonObject, index: number) => Script;
}

/** The route of these tests: the cache on, nothing else. */
export function embeddingsRoute(changes: Partial<Route> = {}): Route {
  const { retry } = stageRoute();
  const exactCache = stageCache({ enabled: true, ttlMs: 60_000, entryBytesMax: 10_000 });
  return stageRoute({ exactCache, retry: { ...retry, enabled: false }, ...changes });
}

/** Makes one. */
export function createEmbeddingsBench(route: Route = embeddingsRoute()): EmbeddingsBench {
  const dialects = { ...plainDialects(createPlainDialect), "openai-embeddings": openaiEmbeddings };
  const ports = createStagePorts({ dialects });
  const handler = buildPipeline(route, false);
  const asked: (readonly JsonValue[])[] = [];
  const contextOf = (input: JsonValue, { body = {}, changes = {} }: EmbeddingsOptions = {}): Context => {
    const document: JsonObject = { model: "model-a", input, ...body };
    const targets = [{ endpoint, model: "model-a" }] as const;
    const context = createStageContext({
      ports,
      dialect: "openai-embeddings",
      changes: { route, targets, ...changes },
    });
    const rawBody = encoder.encode(JSON.stringify(document));
    return { ...context, rawBody, request: openaiEmbeddings.readRequest(document, rawBody.length) };
  };
  const bench: EmbeddingsBench = {
    ports,
    handler,
    asked,
    contextOf,
    story: () => ports.ledger.records.map(storyOf),
    row: (index) => {
      const row = ports.ledger.records[index];
      if (row === undefined) throw new Error(`No row ${index}.`);
      return row;
    },
    ask: async (input, options) => wholeOf(await handler(contextOf(input, options))),
    answer: (inputs, body) => ({ pieces: [embeddingsReply(inputs, body)] }),
  };
  ports.transport.script = ({ body }, index) => {
    const document = JSON.parse(new TextDecoder().decode(body)) as JsonObject;
    const inputs = inputsIn(document["input"] ?? null);
    asked.push(inputs);
    return bench.answer(inputs, document, index);
  };
  return bench;
}

function storyOf({ journal }: RequestRecord): string {
  const entry = journal.find(({ stage }) => stage === "embedding-cache");
  return entry === undefined ? "none" : [entry.reason, entry.note].filter((part) => part !== undefined).join(": ");
}

function wholeOf(reply: Reply): WholeReply {
  if (reply.kind === "whole") return reply;
  throw new Error("An answer in one piece was expected.");
}

function inputsIn(input: JsonValue): readonly JsonValue[] {
  if (!Array.isArray(input) || typeof input[0] === "number") return [input];
  return input;
}

/** Tokens that the provider counts for an input: its letters, or its tokens. */
export function tokensOf(input: JsonValue): number {
  return typeof input === "string" || Array.isArray(input) ? input.length : 0;
}

/** The vector of an input: follows from it, the model and the dimensions, and stands in the digits that OpenAI's floats have. */
export function vectorOf(input: JsonValue, { model, dimensions, encoding_format: format }: JsonObject): JsonValue {
  const text = JSON.stringify([input, model, dimensions]);
  const numbers = [text.length / 7, ...Array.from(text, (letter) => letter.charCodeAt(0) / 1e5)];
  return format === "base64" ? btoa(numbers.join(" ")) : numbers;
}

/** The provider's reply to some inputs. */
export function embeddingsReply(inputs: readonly JsonValue[], body: JsonObject, model = "served-1"): Uint8Array {
  const data = inputs.map((input, index) => ({ object: "embedding", index, embedding: vectorOf(input, body) }));
  const tokens = inputs.reduce<number>((sum, input) => sum + tokensOf(input), 0);
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return encoder.encode(JSON.stringify({ object: "list", data, model, usage }));
}

/** The vectors of an answer in the order of its indexes, which have to be those of its places. */
export function vectorsIn(reply: WholeReply): readonly JsonValue[] {
  const { data } = JSON.parse(new TextDecoder().decode(reply.body)) as {
    readonly data: readonly { readonly index: number; readonly embedding: JsonValue }[];
  };
  return data.map(({ index, embedding }, place) => {
    if (index !== place) throw new Error(`Index ${index} stands at place ${place}.`);
    return embedding;
  });
}
