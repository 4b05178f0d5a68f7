import { afterAll, beforeAll, describe, expect, test } from "vitest";
import documented from "./fixtures/anthropic-messages.json" with { type: "json" };
import { bodyOf, eventsOf, lastEnded, sendRaw } from "./test-raw-client.ts";
import { shapeDifference } from "./test-shape.ts";
import { startServer, type RunningServer } from "./server.ts";
import { readSettings } from "./settings.ts";

let server: RunningServer;
const settings = readSettings(["--latency", "none", "--seed", "3"]);

beforeAll(async () => {
  if (settings === null) throw new Error("no settings");
  server = await startServer(settings);
});
afterAll(() => server.stop());

interface Usage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation?: { readonly ephemeral_5m_input_tokens: number; readonly ephemeral_1h_input_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details?: { readonly thinking_tokens: number };
}

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly name?: string;
  readonly input?: Record<string, unknown>;
}

interface Message {
  readonly id: string;
  readonly content: readonly Block[];
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly usage: Usage;
}

interface Event {
  readonly type: string;
  readonly index?: number;
  readonly message?: Message;
  readonly content_block?: Block;
  readonly delta?: {
    readonly type?: string;
    readonly text?: string;
    readonly partial_json?: string;
    readonly thinking?: string;
    readonly stop_reason?: string;
  };
  readonly usage?: Usage;
}

const ask = (content: unknown, more: object = {}): object => ({
  model: "claude-sonnet-4-6",
  max_tokens: 1_024,
  messages: [{ role: "user", content }],
  ...more,
});
const post = (body: unknown, key = "k"): ReturnType<typeof sendRaw> =>
  sendRaw(server.port, { path: "/v1/messages", key, body });
const whole = async (body: unknown, key = "k"): Promise<Message> =>
  JSON.parse(bodyOf(await post(body, key))) as Message;
const stream = async (body: object): Promise<Event[]> => {
  const events = eventsOf(bodyOf(await post({ ...body, stream: true })));
  const parsed = events.map((event) => JSON.parse(event.data) as Event);
  // Every event carries its type as its name, too.
  expect(events.map((event) => event.name)).toEqual(parsed.map((event) => event.type));
  return parsed;
};

describe("a whole reply", () => {
  test("has the documented shape and is invoiced by hand-worked lines", async () => {
    const message = await whole(ask("What is the refund period?"));
    expect(shapeDifference(message, documented.whole)).toBeNull();
    // 4 a message + What, is, the, refun|d, perio|d, ?
    expect(message.usage.input_tokens).toBe(12);
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({ end: "complete", responseId: message.id, usageDelivered: true });
    expect(ended.invoicePicoUsd).toBe(String(12n * 3_000_000n + BigInt(message.usage.output_tokens) * 15_000_000n));
  });

  test("says its id and its limits in headers", async () => {
    const head = (await post(ask("hi"))).bytes.toString().split("\r\n\r\n")[0] ?? "";
    expect(head).toContain(`\r\nrequest-id: ${(await lastEnded(server.port)).requestId}\r\n`);
    expect(head).toMatch(/anthropic-ratelimit-requests-reset: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/);
  });

  test("max_tokens, stop_sequences, max_tokens 0", async () => {
    const cut = await whole(ask("Summarise: a policy", { max_tokens: 9 }));
    expect([cut.stop_reason, cut.usage.output_tokens]).toEqual(["max_tokens", 9]);
    const text = (await whole(ask("Summarise: a policy"))).content[0]?.text ?? "";
    const stop = text.slice(20, 24);
    const stopped = await whole(ask("Summarise: a policy", { stop_sequences: [stop] }));
    expect([stopped.stop_reason, stopped.stop_sequence]).toEqual(["stop_sequence", stop]);
    expect(await whole(ask("Summarise: a policy", { max_tokens: 0 }))).toMatchObject({
      content: [],
      usage: { output_tokens: 0 },
    });
  });

  test("thinking comes first and is counted apart", async () => {
    const message = await whole(
      ask("What is up?", { max_tokens: 4_000, thinking: { type: "enabled", budget_tokens: 2_000 } }),
    );
    expect(message.content.map((block) => block.type)).toEqual(["thinking", "text"]);
    const thought = message.usage.output_tokens_details?.thinking_tokens ?? 0;
    expect(thought).toBeGreaterThan(0);
    expect((await lastEnded(server.port)).tokens).toMatchObject({
      reasoning: thought,
      output: message.usage.output_tokens - thought,
    });
  });

  test("structured output conforms", async () => {
    const schema = { type: "object", properties: { label: { enum: ["x", "y"] } }, required: ["label"] };
    const message = await whole(ask("Rate it", { output_config: { format: { type: "json_schema", schema } } }));
    expect(["x", "y"]).toContain((JSON.parse(message.content[0]?.text ?? "") as { label: string }).label);
  });

  test("breakpoints write once and are read after, by lifetime, in the usage and in the invoice", async () => {
    const system = [
      { type: "text", text: "rule ".repeat(1_500).trim(), cache_control: { type: "ephemeral", ttl: "1h" } },
      { type: "text", text: "note ".repeat(500).trim(), cache_control: { type: "ephemeral" } },
    ];
    const first = await whole(ask("hi", { system }), "cache");
    expect(first.usage).toMatchObject({
      input_tokens: 5,
      cache_creation_input_tokens: 2_000,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 500, ephemeral_1h_input_tokens: 1_500 },
    });
    // 5 x 3 + 500 x 3.75 + 1,500 x 6 dollars per million, and the output at 15.
    const output = BigInt(first.usage.output_tokens) * 15_000_000n;
    expect((await lastEnded(server.port)).invoicePicoUsd).toBe(
      String(15_000_000n + 1_875_000_000n + 9_000_000_000n + output),
    );
    const second = await whole(ask("hi", { system }), "cache");
    expect(second.usage).toMatchObject({
      input_tokens: 5,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 2_000,
    });
  });

  test("cache_control at the top marks the last block", async () => {
    const body = ask("word ".repeat(1_200).trim(), { cache_control: { type: "ephemeral" } });
    expect((await whole(body, "top")).usage).toMatchObject({ cache_creation_input_tokens: 1_204, input_tokens: 0 });
    expect((await whole(body, "top")).usage.cache_read_input_tokens).toBe(1_204);
  });
});

describe("tools", () => {
  const tools = ["get_weather", "get_time"].map((name) => ({
    name,
    input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  }));

  test("any, tool, parallel and not", async () => {
    const any = await whole(ask("hi", { tools, tool_choice: { type: "any" } }));
    expect([any.stop_reason, any.content.length]).toEqual(["tool_use", 1]);
    expect(shapeDifference(any.content[0], documented.toolUse)).toBeNull();
    const both = await whole(ask("get weather and get time", { tools }));
    expect(both.content.map((block) => block.name)).toEqual(["get_weather", "get_time"]);
    const one = await whole(
      ask("get weather and get time", { tools, tool_choice: { type: "auto", disable_parallel_tool_use: true } }),
    );
    expect(one.content).toHaveLength(1);
  });

  test("after a tool's result comes text", async () => {
    const message = await whole(ask([{ type: "tool_result", tool_use_id: "toolu_01", content: "12 C" }], { tools }));
    expect(message.stop_reason).toBe("end_turn");
  });

  test("streamed input comes in pieces and is the whole one", async () => {
    const body = ask("get weather and get time", { tools });
    const message = await whole(body);
    const events = await stream(body);
    for (const [index, block] of message.content.entries()) {
      const own = events.filter((event) => event.index === index && event.delta?.type === "input_json_delta");
      expect(own[0]?.delta?.partial_json).toBe("");
      expect(own.length).toBeGreaterThan(3);
      expect(JSON.parse(own.map((event) => event.delta?.partial_json).join(""))).toEqual(block.input);
      expect(shapeDifference({ ...own[1], index: 0 }, documented.toolDelta)).toBeNull();
    }
  });
});

describe("a stream", () => {
  test("has the documented events in the documented order", async () => {
    const events = await stream(ask("What is the refund period?"));
    const kinds = events.map((event) => event.type).filter((type, index, all) => type !== all[index - 1]);
    expect(kinds).toEqual(documented.events.map((event) => event.type));
    for (const example of documented.events) {
      expect(
        shapeDifference(
          events.find((event) => event.type === example.type),
          example,
        ),
      ).toBeNull();
    }
  });

  test("is the same text as the whole reply, and its last usage is final", async () => {
    const body = ask("Explain how refunds work?");
    const [message, events] = [await whole(body), await stream(body)];
    expect(events.map((event) => event.delta?.text ?? "").join("")).toBe(message.content[0]?.text);
    const last = events.find((event) => event.type === "message_delta");
    expect(last?.usage?.output_tokens).toBe(message.usage.output_tokens);
    expect(events[0]?.message?.usage.output_tokens).toBeLessThan(message.usage.output_tokens);
    expect(await lastEnded(server.port)).toMatchObject({ usageDelivered: true, end: "complete" });
  });

  test("thinking is streamed with its signature before the text", async () => {
    const events = await stream(ask("What is up?", { max_tokens: 4_000, thinking: { type: "adaptive" } }));
    const starts = events
      .filter((event) => event.type === "content_block_start")
      .map((event) => event.content_block?.type);
    expect(starts).toEqual(["thinking", "text"]);
    expect(events.some((event) => event.delta?.type === "signature_delta")).toBe(true);
  });
});

describe("refusals, in the vendor's words", () => {
  test.each([
    ["unknown model", ask("hi", { model: "claude-nope" }), 404, "not_found_error", "model: claude-nope"],
    [
      "no max_tokens",
      { model: "claude-sonnet-4-6", messages: [{ role: "user", content: "x" }] },
      400,
      "invalid_request_error",
      "max_tokens: Field required",
    ],
    [
      "no messages",
      { model: "claude-sonnet-4-6", max_tokens: 5 },
      400,
      "invalid_request_error",
      "messages: Field required",
    ],
    [
      "a strange role",
      ask("", { messages: [{ role: "tool", content: "x" }] }),
      400,
      "invalid_request_error",
      "messages.0.role: Input should be 'user' or 'assistant'",
    ],
    [
      "five breakpoints",
      ask(Array.from({ length: 5 }, () => ({ type: "text", text: "x", cache_control: { type: "ephemeral" } }))),
      400,
      "invalid_request_error",
      "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ],
  ])("%s", async (_, body, status, type, message) => {
    const reply = await post(body);
    expect(reply.bytes.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const error = JSON.parse(bodyOf(reply)) as { error: unknown; request_id: string };
    expect(shapeDifference(error, documented.error)).toBeNull();
    expect(error.error).toEqual({ type, message });
    expect(error.request_id).toBe((await lastEnded(server.port)).requestId);
  });

  test("no key, no version, no JSON", async () => {
    const keyless = await sendRaw(server.port, { path: "/v1/messages", body: ask("hi") });
    expect(bodyOf(keyless)).toContain("x-api-key header is required");
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/messages`, {
      method: "POST",
      headers: { "x-api-key": "k" },
      body: JSON.stringify(ask("hi")),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("anthropic-version: header is required");
    expect(bodyOf(await post("{nope"))).toContain("not valid JSON");
  });
});

test("counts tokens as a call would", async () => {
  const body = ask("What is the refund period?");
  const counted = await sendRaw(server.port, { path: "/v1/messages/count_tokens", key: "k", body });
  expect(JSON.parse(bodyOf(counted))).toEqual({ input_tokens: (await whole(body)).usage.input_tokens });
  expect((await lastEnded(server.port)).invoicePicoUsd).not.toBe("0");
});

const list = async (headers: Record<string, string>): Promise<Record<string, unknown>> =>
  (await (await fetch(`http://127.0.0.1:${server.port}/v1/models?limit=1000`, { headers })).json()) as Record<
    string,
    unknown
  >;

test("lists models in the shape of who asks", async () => {
  const openai = await list({ authorization: "Bearer k" });
  expect(openai["object"]).toBe("list");
  expect(openai["data"]).toContainEqual({ id: "gpt-4o", object: "model", created: 1_735_689_600, owned_by: "system" });
  const anthropic = await list({ "x-api-key": "k", "anthropic-version": "2023-06-01" });
  expect(anthropic).toMatchObject({ has_more: false });
  expect(anthropic["data"]).toContainEqual({
    type: "model",
    id: "claude-sonnet-4-6",
    display_name: "Claude Sonnet 4 6",
    created_at: "2025-01-01T00:00:00Z",
  });
});
