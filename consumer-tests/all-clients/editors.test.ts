import type { ServerResponse } from "node:http";
import { describe, expect } from "vitest";
import { cell, type Expected, type Shown, type Trial, useStack } from "./cell.ts";
import type { Feature } from "./features.ts";
import { longQuestion, shortQuestion } from "./questions.ts";
import { type ProviderName, providers, scenarioKeyOf } from "./stack/providers.ts";
import { readEvents } from "./stack/read-events.ts";
import { at, listAt, numberAt, textAt } from "./stack/read-json.ts";
import { type Exchange, keyOf } from "./stack/relay.ts";
import { usageIn } from "./what-clients-saw.ts";

/*
 * What editors and agents insist on that speak OpenAI's chat by hand: Cline, Roo, Cursor's base-URL override, and the AI
 * SDK's reading of chunks. Sources: vercel/ai, packages/openai-compatible; openai-node, src/core/streaming.ts; 2026-11-21.
 */

const stack = useStack();
const client = "editors (scripted)";
const endpoint = "/v1/chat/completions";

interface Posted {
  readonly response: Response;
  readonly text: string;
}

/** The base URL ends in `/v1`, as these clients want it. */
async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Posted> {
  const { origin, localKey } = stack.current;
  const own: Record<string, string> = headers["x-api-key"] === undefined ? { authorization: `Bearer ${localKey}` } : {};
  const response = await fetch(`${origin}/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...own, ...headers },
    body: JSON.stringify(body),
  });
  return { response, text: Buffer.from(await response.arrayBuffer()).toString("latin1") };
}

const ask = (model: string, content: string, more = {}) => ({
  model,
  messages: [{ role: "user", content }],
  ...more,
});

function square(
  feature: Feature,
  provider: ProviderName,
  run: (trial: Trial) => Promise<Shown>,
  expected: Expected = {},
  path = endpoint,
): void {
  cell({ client, endpoint: path, feature, provider }, run, expected);
}

/** Holds a chat stream to what these clients read. */
function checkChunks(text: string): readonly unknown[] {
  const events = readEvents(text);
  expect(events.at(-1)?.data).toBe("[DONE]");
  const chunks = events.slice(0, -1).map(({ json }) => json);
  for (const chunk of chunks) {
    expect(Array.isArray(at(chunk, "choices")) || typeof at(chunk, "error", "message") === "string").toBe(true);
    expect(chunk).toMatchObject({
      object: "chat.completion.chunk",
      id: at(chunks, 0, "id"),
      created: expect.any(Number),
      model: expect.any(String),
    });
  }
  expect(at(chunks, 0, "choices", 0, "delta", "role")).toBe("assistant");
  expect(chunks.filter((chunk) => at(chunk, "choices", 0, "finish_reason"))).toHaveLength(1);
  return chunks;
}

for (const provider of ["openai", "anthropic", "google", "openai-responses", "chat-server"] as const) {
  describe(`editors at ${provider}`, () => {
    square("chunk shape", provider, async ({ model }) => {
      const silent = await post("/chat/completions", ask(model, longQuestion, { stream: true }));
      const { headers } = silent.response;
      expect(headers.get("content-type")).toMatch(/^text\/event-stream/);
      expect(headers.get("cache-control")).toMatch(/no-cache/);
      expect(headers.get("x-accel-buffering")).toBe("no");
      expect(headers.get("content-encoding")).toBeNull();
      // Not asked for, so there is none, and no chunk without choices.
      for (const chunk of checkChunks(silent.text)) {
        expect(at(chunk, "choices")).toHaveLength(1);
        expect(at(chunk, "usage") ?? null).toBeNull();
      }
      const told = await post(
        "/chat/completions",
        ask(model, longQuestion, { stream: true, stream_options: { include_usage: true } }),
      );
      const chunks = checkChunks(told.text);
      expect(at(chunks, -1, "choices")).toEqual([]);
      expect(chunks.slice(0, -1).every((chunk) => listAt(chunk, "choices").length === 1)).toBe(true);
      return {
        content: chunks.map((chunk) => at(chunk, "choices", 0, "delta", "content") ?? "").join(""),
        usage: usageIn(chunks.at(-1)),
      };
    });

    square(
      "error in stream",
      provider,
      async (trial) => {
        const { text } = await post("/chat/completions", ask(trial.at("breaks"), longQuestion, { stream: true }));
        const events = readEvents(text);
        const error = events.map(({ json }) => at(json, "error")).find((found) => found !== undefined);
        expect(error).toMatchObject({ message: expect.stringMatching(/\w/) });
        expect(events.some(({ data }) => data === "[DONE]")).toBe(false);
        return { content: textAt(error, "message"), usage: null };
      },
      { outcome: "error", usage: "estimated", endpointId: `${provider}-breaks` },
    );
  });
}

/** Calls in the long stream, and pieces of each one's arguments. */
const callCount = 40;
const argumentsOf = (index: number): string =>
  JSON.stringify({ path: `src/file-${index}.ts`, text: `const café_${index} = "\\u2603";\n`.repeat(8) });
/** Pieces of odd sizes, so that escapes are cut. */
const piecesOf = (text: string): readonly string[] => text.match(/[\s\S]{1,7}/g) ?? [];

/** The long stream in each dialect. */
const longStreams: Readonly<Record<"openai" | "anthropic" | "openai-responses", (response: ServerResponse) => void>> = {
  openai: (response) => {
    const chunk = (choices: object[], more = {}): void =>
      void response.write(
        `data: ${JSON.stringify({ id: "chatcmpl-long", object: "chat.completion.chunk", created: 1, model: "gpt-4o-mini", choices, ...more })}\n\n`,
      );
    const delta = (given: object, finish: string | null = null): void =>
      chunk([{ index: 0, delta: given, finish_reason: finish }]);
    delta({ role: "assistant", content: null });
    for (let index = 0; index < callCount; index++) {
      delta({
        tool_calls: [{ index, id: `call_${index}`, type: "function", function: { name: "write", arguments: "" } }],
      });
      for (const piece of piecesOf(argumentsOf(index)))
        delta({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
    delta({}, "tool_calls");
    chunk([], { usage: { prompt_tokens: 90, completion_tokens: 4_000, total_tokens: 4_090 } });
    response.end("data: [DONE]\n\n");
  },
  anthropic: (response) => {
    const event = (type: string, more: object): void =>
      void response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
    const message = {
      id: "msg_long",
      type: "message",
      role: "assistant",
      model: "claude-haiku-4-5",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 90, output_tokens: 1 },
    };
    event("message_start", { message });
    for (let index = 0; index < callCount; index++) {
      event("content_block_start", {
        index,
        content_block: { type: "tool_use", id: `toolu_${index}`, name: "write", input: {} },
      });
      for (const piece of piecesOf(argumentsOf(index))) {
        event("content_block_delta", { index, delta: { type: "input_json_delta", partial_json: piece } });
      }
      event("content_block_stop", { index });
    }
    event("message_delta", {
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: { output_tokens: 4_000 },
    });
    event("message_stop", {});
    response.end();
  },
  "openai-responses": (response) => {
    let sequence = 0;
    const event = (type: string, more: object): void =>
      void response.write(
        `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...more })}\n\n`,
      );
    const whole = {
      id: "resp_long",
      object: "response",
      created_at: 1,
      model: "gpt-4o-mini",
      status: "in_progress",
      output: [] as object[],
      usage: null as object | null,
    };
    event("response.created", { response: whole });
    for (let output_index = 0; output_index < callCount; output_index++) {
      const item = {
        type: "function_call",
        id: `fc_${output_index}`,
        call_id: `call_${output_index}`,
        name: "write",
        arguments: "",
        status: "in_progress",
      };
      const done = { ...item, arguments: argumentsOf(output_index), status: "completed" };
      event("response.output_item.added", { output_index, item });
      for (const delta of piecesOf(done.arguments))
        event("response.function_call_arguments.delta", { output_index, item_id: item.id, delta });
      event("response.function_call_arguments.done", { output_index, item_id: item.id, arguments: done.arguments });
      event("response.output_item.done", { output_index, item: done });
      whole.output.push(done);
    }
    const usage = {
      input_tokens: 90,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 4_000,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 4_090,
    };
    event("response.completed", { response: { ...whole, status: "completed", usage } });
    response.end();
  },
};

/** Calls that the test answers in the provider's place. */
function isScripted(provider: ProviderName): (exchange: Exchange) => boolean {
  return (exchange) => keyOf(exchange) === scenarioKeyOf(provider, "scripted");
}

describe("editors, a long stream of tool calls", () => {
  for (const provider of ["openai", "anthropic", "openai-responses"] as const) {
    square(
      "many tools",
      provider,
      async (trial) => {
        trial.stack.relay.script(isScripted(provider), (_exchange, response) => {
          response.writeHead(200, { "content-type": "text/event-stream" });
          longStreams[provider](response);
        });
        const tools = [{ type: "function", function: { name: "write", parameters: { type: "object" } } }];
        const more = { stream: true, stream_options: { include_usage: true }, tools };
        const { text } = await post("/chat/completions", ask(trial.at("scripted"), "Write the files.", more));
        const chunks = checkChunks(text);
        const calls = new Map<number, { id: string; name: string; text: string }>();
        for (const piece of chunks.flatMap((chunk) => at(chunk, "choices", 0, "delta", "tool_calls") ?? [])) {
          const index = numberAt(piece, "index");
          const call = calls.get(index) ?? { id: "", name: "", text: "" };
          calls.set(index, {
            id: call.id || String(at(piece, "id") ?? ""),
            name: call.name || String(at(piece, "function", "name") ?? ""),
            text: call.text + String(at(piece, "function", "arguments") ?? ""),
          });
        }
        expect([...calls.keys()]).toEqual(Array.from({ length: callCount }, (_, index) => index));
        expect(new Set([...calls.values()].map(({ id }) => id)).size).toBe(callCount);
        for (const [index, call] of calls) {
          expect(call.name).toBe("write");
          expect(Buffer.from(call.text, "latin1").toString()).toBe(argumentsOf(index));
        }
        // Piece by piece, not gathered.
        expect(chunks.length).toBeGreaterThan(callCount * 10);
        return { content: [...calls.values()].map(({ name }) => name), usage: usageIn(chunks.at(-1)) };
      },
      { endpointId: `${provider}-scripted` },
    );
  }
});

/** A call of each dialect, native: path, body and key header. */
const natives = [
  {
    provider: "openai",
    path: "/chat/completions",
    body: ask("gpt-4o-mini", shortQuestion),
    streams: { stream: true, stream_options: { include_usage: true } },
  },
  {
    provider: "openai",
    path: "/responses",
    body: { model: "gpt-4o-mini", input: shortQuestion },
    streams: { stream: true },
  },
  {
    provider: "anthropic",
    path: "/messages",
    body: { ...ask("claude-haiku-4-5", shortQuestion), max_tokens: 500 },
    streams: { stream: true },
  },
] as const;

describe("editors, bytes and keys", () => {
  for (const { provider, path, body, streams } of natives) {
    const version = { "anthropic-version": "2023-06-01" };

    square(
      "bytes",
      provider,
      async ({ lastSent }) => {
        const streamed = await post(path, { ...body, ...streams }, version);
        expect(streamed.text).toBe(lastSent().answer.body);
        const whole = await post(path, body, version);
        expect(whole.text).toBe(lastSent().answer.body);
        return { content: whole.text, usage: usageIn(JSON.parse(whole.text)) };
      },
      { model: body.model },
      `/v1${path}`,
    );

    square(
      "error 404",
      provider,
      async ({ lastSent }) => {
        const { response, text } = await post(path, { ...body, model: "no-such-model" }, version);
        expect(response.status).toBe(404);
        expect(text, "wording is what clients match on").toBe(lastSent().answer.body);
        return { content: text, usage: null };
      },
      { model: "no-such-model", outcome: "error", status: 404, usage: "unknown" },
      `/v1${path}`,
    );

    square(
      "either key",
      provider,
      async ({ lastSent }) => {
        const { localKey } = stack.current;
        const own: string = providers[provider].key;
        const { text } = await post(path, body, { ...version, "x-api-key": localKey });
        expect([lastSent().headers.get("x-api-key"), lastSent().headers.get("authorization")]).toContain(
          provider === "anthropic" ? own : `Bearer ${own}`,
        );
        const bearer = await post(path, body, version);
        return { content: text, usage: usageIn(JSON.parse(bearer.text)) };
      },
      { model: body.model },
      `/v1${path}`,
    );
  }
});
