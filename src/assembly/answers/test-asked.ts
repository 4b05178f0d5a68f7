import { buildPipeline } from "../../pipeline/order.ts";
import { allDialects } from "../../providers/dialects/all-dialects.ts";
import { saysOf } from "../../providers/translation/carried-fields.ts";
import { createTranslator } from "../../providers/translation/translator.ts";
import type { Context } from "../../spec/context.ts";
import type { JsonObject } from "../../spec/json.ts";
import type { Reply } from "../../spec/reply.ts";
import type { DialectName } from "../../spec/request.ts";
import type { Route } from "../../spec/route.ts";
import type { Handler } from "../../spec/stage.ts";
import { CollectingSink } from "../../testing/collecting-sink.ts";
import { createStageContext, stageEndpoint, stageRoute } from "../../testing/stage-context.ts";
import { createStagePorts, type StagePorts } from "../../testing/stage-ports.ts";

/** How a question is put. */
export interface Question {
  readonly text?: string;
  readonly dialect?: DialectName;
  readonly stream?: boolean;
  readonly streamUsage?: boolean;
  /** More members of the body. */
  readonly more?: JsonObject;
  readonly changes?: Partial<Omit<Context, "ports" | "request" | "rawBody">>;
}

/** A gateway's inside with the real dialects, before a provider that is a script. */
export interface Asking {
  readonly ports: StagePorts;
  readonly handler: Handler;
  readonly contextOf: (question: Question) => Context;
  /** Asks, lets 100 ms go by, and reads the reply to its end. */
  readonly ask: (question: Question) => Promise<Given>;
}

/** What a caller got. */
export interface Given {
  readonly reply: Reply;
  readonly text: string;
}

/** One endpoint that speaks all dialects, and one route. */
export function createAsking(changes: Partial<Route>): Asking {
  const route = stageRoute({ ...changes, retry: { ...stageRoute().retry, enabled: false } });
  const ports = createStagePorts({ dialects: allDialects, translator: createTranslator(allDialects, saysOf) });
  const handler = buildPipeline(route, false);
  const contextOf = (question: Question): Context => contextFor(question, ports, route);
  const ask = async (question: Question): Promise<Given> => {
    const pending = handler(contextOf(question));
    pending.catch(() => undefined);
    await ports.clock.advanceAsync(100);
    const reply = await pending;
    if (reply.kind === "whole") return { reply, text: new TextDecoder().decode(reply.body) };
    const sink = CollectingSink.open(reply);
    await ports.clock.advanceAsync(100);
    return { reply, text: sink.whole };
  };
  return { ports, handler, contextOf, ask };
}

function contextFor(question: Question, ports: StagePorts, route: Route): Context {
  const { text = "What is a farthing?", dialect = "openai-chat", stream = false, more = {}, changes = {} } = question;
  const path = { model: "model-a", stream };
  const options = question.streamUsage === true ? { stream_options: { include_usage: true } } : {};
  const mode = dialect === "gemini" || !stream ? {} : { stream, ...options };
  const model = dialect === "gemini" ? {} : { model: "model-a" };
  const body = { ...model, ...questionOf(dialect, text), ...mode, ...more };
  const rawBody = new TextEncoder().encode(JSON.stringify(body));
  const endpoint = stageEndpoint("first", { dialects: [dialect] });
  const query = dialect === "gemini" && stream ? "?alt=sse" : "";
  const context = createStageContext({
    ports,
    changes: { route, query, targets: [{ endpoint, model: "model-a" }], ...changes },
  });
  return { ...context, rawBody, request: allDialects[dialect].readRequest(body, rawBody.length, path) };
}

function questionOf(dialect: DialectName, text: string): JsonObject {
  switch (dialect) {
    case "gemini":
      return { contents: [{ role: "user", parts: [{ text }] }], generationConfig: { maxOutputTokens: 50 } };
    case "openai-responses":
      return { input: text, max_output_tokens: 50 };
    default:
      return { messages: [{ role: "user", content: text }], max_tokens: 50 };
  }
}

/** A whole chat completion. */
export function chatAnswer(text: string): Uint8Array {
  const choice = { index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" };
  const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
  const answer = { id: "c-1", object: "chat.completion", created: 5, model: "served", choices: [choice], usage };
  return new TextEncoder().encode(JSON.stringify(answer));
}

/** The same as a stream, with its usage chunk; the terminal event comes last. */
export function chatStream(text: string, choiceMore: JsonObject = {}): Uint8Array[] {
  const head = { id: "c-1", object: "chat.completion.chunk", created: 5, model: "served" };
  const chunk = (delta: JsonObject, finish: string | null): JsonObject => ({
    ...head,
    choices: [{ index: 0, delta, finish_reason: finish, ...choiceMore }],
  });
  const counts = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
  const events = [
    chunk({ role: "assistant", content: "" }, null),
    ...[...text].map((letter) => chunk({ content: letter }, null)),
    chunk({}, "stop"),
    { ...head, choices: [], usage: counts },
  ];
  const texts = [...events.map((event) => JSON.stringify(event)), "[DONE]"];
  return texts.map((data) => new TextEncoder().encode(`data: ${data}\n\n`));
}
