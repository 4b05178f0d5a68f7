import { afterAll, beforeAll, describe, expect, test } from "vitest";
import documented from "./fixtures/openai-chat.json" with { type: "json" };
import documentedStream from "./fixtures/openai-chat-stream.json" with { type: "json" };
import documentedErrors from "./fixtures/openai-errors.json" with { type: "json" };
import { bodyOf, eventsOf, lastEnded, sendRaw, settledLog } from "./test-raw-client.ts";
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

interface Chat {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: {
      readonly content: string | null;
      readonly tool_calls?: readonly {
        readonly id: string;
        readonly function: { readonly name: string; readonly arguments: string };
      }[];
    };
    readonly finish_reason: string;
    readonly logprobs: { readonly content: readonly unknown[] } | null;
  }[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
    readonly prompt_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens?: number };
    readonly completion_tokens_details: { readonly reasoning_tokens: number };
  };
}

interface Chunk {
  readonly choices: readonly {
    readonly index: number;
    readonly delta: {
      readonly content?: string | null;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function: { readonly arguments: string };
      }[];
    };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: unknown;
}

const ask = (content: string, more: object = {}): object => ({
  model: "gpt-4o",
  messages: [{ role: "user", content }],
  ...more,
});
const post = (body: unknown, key = "k"): ReturnType<typeof sendRaw> =>
  sendRaw(server.port, { path: "/v1/chat/completions", key, body });
const whole = async (body: unknown, key = "k"): Promise<Chat> => JSON.parse(bodyOf(await post(body, key))) as Chat;
const chunks = async (body: object): Promise<Chunk[]> => {
  const events = eventsOf(bodyOf(await post({ ...body, stream: true })));
  expect(events.at(-1)).toEqual({ name: null, data: "[DONE]" });
  return events.slice(0, -1).map((event) => JSON.parse(event.data) as Chunk);
};

describe("a whole reply", () => {
  test("has the documented shape, usage that adds up, and is invoiced by hand-worked lines", async () => {
    const chat = await whole(ask("What is the refund period?"));
    expect(shapeDifference(chat, documented.whole)).toBeNull();
    expect(chat.model).toBe("gpt-4o-2024-08-06");
    // 3 a message + 3 a prompt + What, is, the, refund, period, ?
    expect(chat.usage.prompt_tokens).toBe(12);
    expect(chat.usage.total_tokens).toBe(12 + chat.usage.completion_tokens);
    const ended = await lastEnded(server.port);
    expect(ended).toMatchObject({
      end: "complete",
      status: 200,
      responseId: chat.id,
      usageDelivered: true,
      cutAtMs: null,
      tokens: { input: 12, output: chat.usage.completion_tokens, reasoning: 0 },
    });
    // $2.50 and $10 per million.
    expect(ended.invoicePicoUsd).toBe(String(12n * 2_500_000n + BigInt(chat.usage.completion_tokens) * 10_000_000n));
  });

  test("says its id in a header, with the vendor's rate limits", async () => {
    const head = (await post(ask("hi"))).bytes.toString().split("\r\n\r\n")[0] ?? "";
    const ended = await lastEnded(server.port);
    expect(head).toContain(`x-request-id: ${ended.requestId}`);
    expect(head).toMatch(/x-ratelimit-reset-requests: \d+ms/);
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test("n answers, logprobs for each token, one prompt", async () => {
    const chat = await whole(ask("Classify as one of: yes, no.", { n: 3, logprobs: true }));
    expect(chat.choices.map((choice) => choice.index)).toEqual([0, 1, 2]);
    const tokens = chat.choices.reduce((sum, choice) => sum + (choice.logprobs?.content.length ?? 0), 0);
    expect(chat.usage.completion_tokens).toBe(tokens);
  });

  test("max_tokens cuts at exactly so many tokens", async () => {
    const chat = await whole(ask("Summarise this: a policy", { max_tokens: 7 }));
    expect(chat.usage.completion_tokens).toBe(7);
    expect(chat.choices[0]?.finish_reason).toBe("length");
  });

  test("reasoning models report what they thought inside the completion", async () => {
    const chat = await whole(ask("What is up?", { model: "gpt-5-mini" }));
    const { completion_tokens: completion, completion_tokens_details: details } = chat.usage;
    expect(details.reasoning_tokens).toBeGreaterThan(0);
    const ended = await lastEnded(server.port);
    expect(ended.tokens.reasoning).toBe(details.reasoning_tokens);
    expect(ended.tokens.output).toBe(completion - details.reasoning_tokens);
    expect(
      (await whole(ask("What is up?", { model: "gpt-5-mini", reasoning_effort: "minimal" }))).usage
        .completion_tokens_details.reasoning_tokens,
    ).toBe(0);
  });

  test("structured output conforms, json_object is JSON", async () => {
    const schema = {
      type: "object",
      properties: { label: { enum: ["a", "b"] }, score: { type: "integer" } },
      required: ["label", "score"],
    };
    const format = { type: "json_schema", json_schema: { name: "x", strict: true, schema } };
    const answer = JSON.parse(
      (await whole(ask("Rate it", { response_format: format }))).choices[0]?.message.content ?? "",
    ) as Record<string, unknown>;
    expect(["a", "b"]).toContain(answer["label"]);
    expect(Number.isInteger(answer["score"])).toBe(true);
    const free = await whole(ask("Answer in JSON", { response_format: { type: "json_object" } }));
    expect(typeof JSON.parse(free.choices[0]?.message.content ?? "")).toBe("object");
  });

  test("images are accepted and counted", async () => {
    const parts = [
      { type: "text", text: "hi" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AA", detail: "low" } },
    ];
    expect((await whole({ model: "gpt-4o", messages: [{ role: "user", content: parts }] })).usage.prompt_tokens).toBe(
      3 + 3 + 1 + 85,
    );
  });

  test("a long prompt is read from the cache the second time, by the same key only", async () => {
    const long = ask(`${"policy text ".repeat(600)}What is it?`);
    expect((await whole(long, "cache-a")).usage.prompt_tokens_details.cached_tokens).toBe(0);
    const again = await whole(long, "cache-a");
    // 1,200 words, 4 at the end, 6 of overhead: 1,210 tokens; the last step below is 1,152.
    expect(again.usage).toMatchObject({ prompt_tokens: 1_210, prompt_tokens_details: { cached_tokens: 1_152 } });
    const ended = await lastEnded(server.port);
    expect(ended.tokens).toMatchObject({ input: 58, cacheRead: 1_152 });
    expect((await whole(long, "cache-b")).usage.prompt_tokens_details.cached_tokens).toBe(0);
  });

  test("newer models charge for writes and say so", async () => {
    const long = ask("policy text ".repeat(600).trim(), { model: "gpt-5.6-luna" });
    expect((await whole(long, "w")).usage.prompt_tokens_details).toMatchObject({
      cached_tokens: 0,
      cache_write_tokens: 1_203,
    });
    expect((await whole(long, "w")).usage.prompt_tokens_details).toMatchObject({
      cached_tokens: 1_203,
      cache_write_tokens: 0,
    });
  });
});

describe("tools", () => {
  const tools = ["get_weather", "get_time"].map((name) => ({
    type: "function",
    function: { name, parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } },
  }));

  test("calls come with arguments of the schema, two at once where two are asked for", async () => {
    const chat = await whole(ask("get weather and get time for Oslo", { tools }));
    const calls = chat.choices[0]?.message.tool_calls ?? [];
    expect(calls.map((call) => call.function.name)).toEqual(["get_weather", "get_time"]);
    expect(shapeDifference(calls[0], documented.toolCall)).toBeNull();
    expect(typeof (JSON.parse(calls[0]?.function.arguments ?? "") as { city: unknown }).city).toBe("string");
    expect(chat.choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
  });

  test("a named tool ends with stop, as the guide notes", async () => {
    const chat = await whole(ask("hi", { tools, tool_choice: { type: "function", function: { name: "get_time" } } }));
    expect(chat.choices[0]?.finish_reason).toBe("stop");
    expect(chat.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  test("streamed arguments come in pieces and are the whole ones", async () => {
    const body = ask("get weather and get time for Oslo", { tools });
    const calls = (await whole(body)).choices[0]?.message.tool_calls ?? [];
    const deltas = (await chunks(body)).flatMap((chunk) => chunk.choices[0]?.delta.tool_calls ?? []);
    for (const [index, call] of calls.entries()) {
      const own = deltas.filter((delta) => delta.index === index);
      expect(own.length).toBeGreaterThan(3);
      expect(own.map((delta) => delta.function.arguments).join("")).toBe(call.function.arguments);
      expect(own.filter((delta) => delta.id !== undefined)).toHaveLength(1);
    }
    const start = deltas[0];
    expect(shapeDifference({ tool_calls: [start] }, documentedStream.toolCallStart)).toBeNull();
    expect(shapeDifference({ tool_calls: [deltas[1]] }, documentedStream.toolCallDelta)).toBeNull();
  });
});

describe("a stream", () => {
  const withUsage = { stream_options: { include_usage: true } };

  test("has the documented chunks; usage null on all but the last", async () => {
    const all = await chunks(ask("What is the refund period?", withUsage));
    expect(shapeDifference(all[0], documentedStream.role)).toBeNull();
    expect(shapeDifference(all[1], documentedStream.content)).toBeNull();
    expect(shapeDifference(all.at(-2), documentedStream.finish)).toBeNull();
    expect(shapeDifference(all.at(-1), documentedStream.usage)).toBeNull();
    for (const chunk of all.slice(0, -1)) expect(chunk.usage).toBeNull();
  });

  test("without the option there is no usage anywhere, and the log says that none was delivered", async () => {
    const all = await chunks(ask("What is the refund period?"));
    for (const chunk of all) expect("usage" in chunk).toBe(false);
    expect(await lastEnded(server.port)).toMatchObject({ end: "complete", usageDelivered: false });
  });

  test("is the same text and the same tokens as the whole reply", async () => {
    const body = ask("Explain how refunds work?", { n: 2 });
    const once = await whole(body);
    const all = await chunks({ ...body, ...withUsage });
    for (const choice of once.choices) {
      const text = all.flatMap((chunk) =>
        chunk.choices.filter((part) => part.index === choice.index).map((part) => part.delta.content ?? ""),
      );
      expect(text.join("")).toBe(choice.message.content);
    }
    expect(all.at(-1)?.usage).toMatchObject({ completion_tokens: once.usage.completion_tokens });
  });

  test("obfuscation can be switched off", async () => {
    const all = await chunks(ask("hi", { stream_options: { include_obfuscation: false } }));
    for (const chunk of all) expect("obfuscation" in chunk).toBe(false);
  });
});

describe("refusals, in the vendor's words", () => {
  test.each([
    [
      "unknown model",
      ask("hi", { model: "gpt-nope" }),
      404,
      "The model `gpt-nope` does not exist or you do not have access to it.",
      "model_not_found",
    ],
    ["no model", { messages: [] }, 400, "you must provide a model parameter", null],
    ["no messages", { model: "gpt-4o" }, 400, "Missing required parameter: 'messages'.", "missing_required_parameter"],
    [
      "max_tokens of a reasoning model",
      ask("hi", { model: "o4-mini", max_tokens: 5 }),
      400,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "unsupported_parameter",
    ],
    [
      "options of a stream that is none",
      ask("hi", { stream_options: {} }),
      400,
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      null,
    ],
  ])("%s", async (_, body, status, message, code) => {
    const reply = await post(body);
    expect(reply.bytes.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const error = JSON.parse(bodyOf(reply)) as { error: Record<string, unknown> };
    expect(Object.keys(error.error)).toEqual(Object.keys(documentedErrors.unknownModel.error));
    expect(error.error).toMatchObject({ message, type: "invalid_request_error", code });
    expect(await lastEnded(server.port)).toMatchObject({ end: "refused", status, invoicePicoUsd: "0" });
  });

  test("bad JSON and a missing key", async () => {
    expect(bodyOf(await post("{nope"))).toContain("We could not parse the JSON body of your request.");
    const reply = await sendRaw(server.port, { path: "/v1/chat/completions", body: ask("hi") });
    expect(reply.bytes.toString()).toMatch(/^HTTP\/1\.1 401 /);
    expect(bodyOf(reply)).toContain("You didn't provide an API key.");
  });

  test("a model without a price answers and is invoiced as nothing known", async () => {
    await whole(ask("hi", { model: "gpt-fake-unpriced" }));
    expect((await lastEnded(server.port)).invoicePicoUsd).toBeNull();
  });
});

test("answers do not depend on the number of the request, ids do", async () => {
  const [first, second] = [await whole(ask("Tell me about tea")), await whole(ask("Tell me about tea"))];
  expect(second.choices).toEqual(first.choices);
  expect(second.usage).toEqual(first.usage);
  expect(second.id).not.toBe(first.id);
});

test("the log pairs every arrival with one end and keeps no key and no text", async () => {
  await whole(ask("a secret question"), "sk-very-secret-key");
  const lines = await settledLog(server.port);
  const arrived = lines.filter((line) => line.event === "arrived").map((line) => line.number);
  const ended = lines.filter((line) => line.event === "ended").map((line) => line.number);
  expect(ended.toSorted((left, right) => left - right)).toEqual(arrived);
  expect(new Set(arrived).size).toBe(arrived.length);
  const text = JSON.stringify(lines);
  expect(text).not.toContain("very-secret");
  expect(text).not.toContain("secret question");
  expect(lines.map((line) => line.line)).toEqual(lines.map((_, index) => index));
});
