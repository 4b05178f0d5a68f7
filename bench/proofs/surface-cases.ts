import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import * as fc from "fast-check";
import { chatChunk, chatReply, chatStreamEnd, type Script } from "./scripted-upstream.ts";

/** One call as the gateway and the library both take it. */
export interface SurfaceCase {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** When the caller leaves: as soon as the provider has the call, or after the first piece of its answer. */
  readonly leave: "never" | "before-head" | "in-stream";
}

/** What the provider does with a call, told to it in the call's own text. */
const behaviours = ["refused", "limited", "failing", "reset", "cut", "fault", "large", "hang", "hold"] as const;
type Behaviour = (typeof behaviours)[number] | "usual";
const usually = { arbitrary: fc.constant<Behaviour>("usual"), weight: 2 };

/** Valid calls of a model, most of them answered. */
function modelCalls(localKey: string): fc.Arbitrary<SurfaceCase> {
  const about = {
    dialect: fc.constantFrom("openai", "openai", "anthropic"),
    behaviour: fc.oneof(usually, fc.constantFrom<Behaviour>(...behaviours)),
    stream: fc.boolean(),
    question: fc.integer({ min: 0, max: 2 }),
    key: fc.constantFrom("sk-one", "sk-two", localKey, localKey),
    task: fc.constantFrom("cached", "cached", "ruled", "translated", "retried", "none"),
    extra: fc.constantFrom({}, { temperature: 0 }, { user: "ada" }, { metadata: { user_id: "bob" } }),
    headers: claimHeaders,
  };
  return fc.record(about).map((wanted) => {
    const { dialect, behaviour, question, key, task, extra, headers } = wanted;
    const stream = behaviour === "hold" || (wanted.stream && behaviour !== "hang");
    const messages = [{ role: "user", content: `Question ${question}. [[${behaviour}]]` }];
    const openai = dialect === "openai";
    const options = openai && stream && question > 0 ? { stream_options: { include_usage: true } } : {};
    const body = openai
      ? { model: "gpt-4o-mini", messages, ...options, ...extra }
      : { model: "claude-haiku-4-5", max_tokens: 50, messages, ...extra };
    return {
      path: openai ? "/v1/chat/completions" : "/v1/messages?beta=true",
      method: "POST",
      headers: {
        ...(openai ? { authorization: `Bearer ${key}` } : { "x-api-key": key, "anthropic-version": "2023-06-01" }),
        "content-type": "application/json",
        "x-farthing-task": task,
        ...headers,
      },
      body: JSON.stringify(stream ? { ...body, stream: true } : body),
      leave: behaviour === "hang" ? "before-head" : behaviour === "hold" ? "in-stream" : "never",
    };
  });
}

/** What callers say about their calls; a few of these are refused. */
const claimHeaders: fc.Arbitrary<Record<string, string>> = fc
  .subarray(
    [
      ["x-farthing-feature", "search"],
      ["x-farthing-tags", "one, two"],
      ["x-farthing-bypass", "1"],
      ["x-farthing-stream-summary", "true"],
      ["x-farthing-team", ""],
      ["helicone-property-plan", "pro"],
      ["x-portkey-metadata", '{"_user":"carol","env":"test"}'],
      ["x-stainless-retry-count", "2"],
    ] as const,
    { maxLength: 2 },
  )
  .map((entries) => Object.fromEntries(entries));

const otherPaths =
  "/v1/chat/completions /v1/messages /v1/responses /v1/completions /v1/embeddings /v1/models /v1/models/gpt-4o-mini " +
  "/v1/models/none /v1/messages/count_tokens /v1/files /v1beta/models/gemini-2.5-flash:generateContent /openapi.json " +
  "/v1/farthing/requests/fr_none /v1//messages /v1/nothing /metrics /healthz /readyz /";
const otherBodies = [
  ...'| { [] {"model":7} {"model":"m","model":"n","messages":[]} {"messages":[]}'.split(/[| ]/),
  "\u0000",
  `{"model":"m","messages":${"[".repeat(200)}${"]".repeat(200)}}`,
  `{"model":"m","messages":[],"pad":"${"x".repeat(70_000)}"}`,
];

/** Calls with something wrong about them, and calls of other paths. */
const otherCalls: fc.Arbitrary<SurfaceCase> = fc
  .record({
    path: fc.constantFrom(...otherPaths.split(" ")),
    method: fc.constantFrom("POST", "POST", "GET", "HEAD", "DELETE"),
    key: fc.constantFrom<Record<string, string>>(
      {},
      { authorization: "Bearer sk-one" },
      { authorization: "Basic abc" },
      { authorization: "Bearer fk_abcd_wrong" },
      { authorization: "Bearer sk-one", "x-api-key": "sk-two" },
      { "x-api-key": "sk-one", "anthropic-version": "2023-06-01" },
    ),
    type: fc.constantFrom("application/json", "application/json", "text/plain", "application/json; charset=latin1"),
    body: fc.constantFrom(...otherBodies),
  })
  .map(({ path, method, key, type, body }) => {
    const hasBody = method === "POST" || method === "DELETE";
    const headers = hasBody ? { ...key, "content-type": type } : key;
    return { path, method, headers, body: hasBody ? body : null, leave: "never" as const };
  });

/** Calls of every kind. `localKey` is one that both surfaces know. */
export function surfaceCases(localKey: string): fc.Arbitrary<SurfaceCase> {
  return fc.oneof({ arbitrary: modelCalls(localKey), weight: 4 }, { arbitrary: otherCalls, weight: 1 });
}

/** A provider that does what the call's text says, the same for the same text. */
export const answerAsTold: Script = ({ body }, request, response) => {
  const behaviour = (/\[\[([a-z]+)\]\]/.exec(body)?.[1] ?? "usual") as Behaviour;
  const id = `id-${createHash("sha256").update(body).digest("hex").slice(0, 12)}`;
  const words = (request.url ?? "").includes("/messages") ? anthropicWords(id) : openaiWords(id);
  if (behaviour === "hang") return;
  if (behaviour === "reset") return void request.socket.destroy();
  const status = { refused: 400, limited: 429, failing: 500 }[behaviour as string];
  if (status !== undefined) return void answerWith(response, status, `{"error":{"message":"told to be ${behaviour}"}}`);
  if (!body.includes('"stream":true')) {
    if (behaviour !== "cut") return void answerWith(response, 200, words.whole(behaviour === "large" ? 300_000 : 1));
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" }).write("{");
    return void setTimeout(() => response.destroy(), 20);
  }
  response.writeHead(200, { "content-type": "text/event-stream", "x-request-id": id });
  response.write(words.start);
  if (behaviour === "hold") return;
  for (let left = behaviour === "large" ? 300 : 3; left > 0; left -= 1) response.write(words.piece);
  if (behaviour === "cut") setTimeout(() => response.destroy(), 20);
  else response.end(behaviour === "fault" ? words.fault : words.end);
};

function answerWith(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "application/json", "x-request-id": `status-${status}` }).end(body);
}

/** What a provider of one dialect says. */
interface Words {
  readonly whole: (size: number) => string;
  readonly start: string;
  readonly piece: string;
  readonly fault: string;
  readonly end: string;
}

function openaiWords(id: string): Words {
  return {
    whole: (size) => chatReply(id, "word ".repeat(size)),
    start: chatChunk(id, "First. "),
    piece: chatChunk(id, "More words of an answer. "),
    fault: `data: {"error":{"message":"told to fail","type":"server_error"}}\n\n`,
    end: chatStreamEnd(id),
  };
}

const event = (type: string, fields: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const textDelta = (text: string): object => ({ index: 0, delta: { type: "text_delta", text } });

function anthropicWords(id: string): Words {
  const usage = { input_tokens: 20, cache_read_input_tokens: 5, output_tokens: 10 };
  const message = { id, type: "message", role: "assistant", model: "claude-haiku-4-5", stop_sequence: null };
  const stop = { stop_reason: "end_turn", stop_sequence: null };
  return {
    whole: (size) =>
      JSON.stringify({ ...message, ...stop, content: [{ type: "text", text: "word ".repeat(size) }], usage }),
    start:
      event("message_start", { message: { ...message, content: [], stop_reason: null, usage } }) +
      event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }) +
      event("content_block_delta", textDelta("First. ")),
    piece: event("content_block_delta", textDelta("More words of an answer. ")),
    fault: event("error", { error: { type: "overloaded_error", message: "told to fail" } }),
    end:
      event("content_block_stop", { index: 0 }) +
      event("message_delta", { delta: stop, usage: { output_tokens: 10 } }) +
      event("message_stop", {}),
  };
}
