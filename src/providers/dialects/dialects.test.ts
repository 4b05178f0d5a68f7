import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RenderedError } from "../../spec/rendered-error.ts";
import type { JsonObject } from "../../spec/json.ts";
import { allDialects } from "./all-dialects.ts";

fc.configureGlobal({ seed: 7 });

const openai = allDialects["openai-chat"];
const anthropic = allDialects["anthropic-messages"];
const messages = [{ role: "user", content: "Hello" }];
const error: RenderedError = {
  code: "invalid_request",
  type: "invalid_request_error",
  message: "`model` must be a text.",
  requestId: "fr_1",
  field: "model",
};
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
const parse = (bytes: Uint8Array): unknown => JSON.parse(text(bytes));

describe.each([openai, anthropic])("$name readRequest", (dialect) => {
  test("reads what we act on and keeps the rest", () => {
    const body = {
      model: "m",
      messages,
      stream: true,
      temperature: 0.5,
      max_tokens: 0,
      tools: [{}],
      vendor_extra: { a: 1 },
    };
    expect(dialect.readRequest(body, 99)).toMatchObject({
      dialect: dialect.name,
      model: "m",
      stream: true,
      temperature: 0.5,
      outputTokensMax: 0,
      choices: 1,
      hasTools: true,
      stateful: false,
      bodyBytes: 99,
      rest: body,
    });
  });

  test("takes null for absent", () => {
    const body = { model: "m", messages, stream: null, temperature: null, max_tokens: null, tools: null };
    expect(dialect.readRequest(body, 1)).toMatchObject({
      stream: false,
      temperature: null,
      outputTokensMax: null,
      hasTools: false,
    });
  });

  test.each([
    ["model", undefined],
    ["model", ""],
    ["model", 7],
    ["model", "x".repeat(257)],
    ["messages", undefined],
    ["messages", "Hello"],
    ["messages", {}],
    ["stream", "true"],
    ["stream", 1],
    ["max_tokens", -1],
    ["max_tokens", 1.5],
    ["max_tokens", "10"],
    ["max_tokens", Infinity],
    ["temperature", "hot"],
    ["tools", {}],
  ])("refuses %s = %j, naming it", (field, value) => {
    const body = { model: "m", messages, [field]: value };
    expect(() => dialect.readRequest(body, 1)).toThrow(
      expect.objectContaining({ code: "invalid_request", field, message: expect.stringContaining(`\`${field}\``) }),
    );
  });

  test.each([null, [], "x", 1])("refuses %j for a body", (document) => {
    expect(() => dialect.readRequest(document, 1)).toThrow(/must be a JSON object/);
  });
});

const readOpenai = (more: object): unknown => openai.readRequest({ model: "m", messages, ...more }, 1);
const readAnthropic = (more: object): unknown =>
  anthropic.readRequest({ model: "m", messages, max_tokens: 1, ...more }, 1);

describe("readRequest of one dialect", () => {
  test("openai: n, both names of the output limit, stream usage, old functions", () => {
    expect(readOpenai({ n: 3, max_tokens: 5, max_completion_tokens: 7 })).toMatchObject({
      choices: 3,
      outputTokensMax: 7,
    });
    expect(readOpenai({ stream_options: { include_usage: true } })).toMatchObject({ streamUsage: true });
    expect(readOpenai({ stream_options: "x" })).toMatchObject({ streamUsage: false });
    expect(readOpenai({ functions: [{}] })).toMatchObject({ hasTools: true });
    for (const n of [0, 129, 1.5]) expect(() => readOpenai({ n })).toThrow(/`n` must be a whole number from 1 to 128/);
  });

  test("anthropic: containers keep state, MCP servers are tools, usage always streams", () => {
    expect(readAnthropic({ container: "c_1" })).toMatchObject({ stateful: true });
    expect(readAnthropic({ mcp_servers: [{ url: "x" }] })).toMatchObject({ hasTools: true, streamUsage: true });
  });
});

const bodyWith = (options: string): Buffer => Buffer.from(`{"model":"m","messages":[]${options}}`);

describe("encodeRequest", () => {
  const raw = Buffer.from(`{"model":"m", "seed":12345678901234567890,"messages":[],"stream":true,"x":1.0}`);
  const request = openai.readRequest(JSON.parse(raw.toString()), raw.length);

  test("changes nothing without an edit", () => {
    expect(openai.encodeRequest(request, {}, raw)).toBe(raw);
    expect(anthropic.encodeRequest(request, {}, raw)).toBe(raw);
    expect(anthropic.encodeRequest(request, { addStreamUsage: true }, raw)).toBe(raw);
  });

  test.each([
    ["", `,"stream_options":{"include_usage":true}`],
    [`,"stream_options":null`, `,"stream_options":{"include_usage":true}`],
    [`,"stream_options":{}`, `,"stream_options":{"include_usage":true}`],
    [
      `,"stream_options": {"include_obfuscation":false}`,
      `,"stream_options": {"include_obfuscation":false,"include_usage":true}`,
    ],
    [`,"stream_options":{"include_usage":false,"x":1}`, `,"stream_options":{"include_usage":true,"x":1}`],
    [`,"stream_options":"odd"`, `,"stream_options":"odd"`],
  ])("adds stream usage to %j", (given, expected) => {
    const asked = openai.readRequest(JSON.parse(bodyWith(given).toString()), 1);
    const edit = { model: "n", addStreamUsage: true };
    const spliced = text(openai.encodeRequest(asked, edit, bodyWith(given)));
    expect(spliced).toBe(bodyWith(expected).toString().replace(`"m"`, `"n"`));
    // The printed form says the same.
    expect(parse(openai.encodeRequest(asked, edit))).toEqual(JSON.parse(spliced));
  });

  test("keeps long integers and exact decimals in the raw form", () => {
    expect(text(openai.encodeRequest(request, { model: `n"` }, raw))).toBe(raw.toString().replace(`"m"`, `"n\\""`));
    expect(text(anthropic.encodeRequest(request, { model: "n" }, raw))).toBe(raw.toString().replace(`"m"`, `"n"`));
  });
});

/** The sum of all classes. */
const sum = (tokens: Readonly<Record<string, number>>): number =>
  Object.values(tokens).reduce((total, count) => total + count, 0);
const count = fc.nat(1_000_000);
const openaiUsage = (usage: unknown, more: object = {}): ReturnType<typeof openai.readReply>["usage"] =>
  openai.readReply(Buffer.from(JSON.stringify({ usage, ...more }))).usage;
const anthropicUsage = (usage: unknown): ReturnType<typeof openai.readReply>["usage"] =>
  anthropic.readReply(Buffer.from(JSON.stringify({ usage }))).usage;

describe("openai usage", () => {
  test("splits what is inside", () => {
    const usage = openaiUsage(
      {
        prompt_tokens: 100,
        completion_tokens: 50,
        total_tokens: 150,
        prompt_tokens_details: { cached_tokens: 64, cache_write_tokens: 10, audio_tokens: 6 },
        completion_tokens_details: {
          reasoning_tokens: 30,
          audio_tokens: 5,
          accepted_prediction_tokens: 3,
          rejected_prediction_tokens: 2,
        },
      },
      { service_tier: "flex" },
    );
    expect(usage).toEqual({
      source: "provider",
      serviceTier: "flex",
      tokens: { input: 20, cacheRead: 64, cacheWrite30m: 10, audioInput: 6, output: 15, reasoning: 30, audioOutput: 5 },
    });
  });

  test.each([
    ["a zero is a value", { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, { input: 0, output: 0 }],
    [
      "null details are absent",
      { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: null },
      { input: 3, output: 4 },
    ],
    [
      "DeepSeek's cache",
      { prompt_tokens: 9, completion_tokens: 4, prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 1 },
      { input: 1, cacheRead: 8, output: 4 },
    ],
    [
      "xAI: reasoning outside",
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 22, completion_tokens_details: { reasoning_tokens: 7 } },
      { input: 10, output: 5, reasoning: 7 },
    ],
    [
      "Google: reasoning only in the total",
      { prompt_tokens: 10, completion_tokens: 5, total_tokens: 40 },
      { input: 10, output: 5, reasoning: 25 },
    ],
  ])("%s", (_name, usage, tokens) => {
    expect(openaiUsage(usage)).toEqual({ source: "provider", tokens });
  });

  test.each([
    null,
    7,
    {},
    { prompt_tokens: 1 },
    { prompt_tokens: -1, completion_tokens: 2 },
    { prompt_tokens: 1.5, completion_tokens: 2 },
    { prompt_tokens: "1", completion_tokens: 2 },
    { prompt_tokens: 2 ** 53, completion_tokens: 2 },
    { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 6 } },
    { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: { cached_tokens: "2" } },
    { prompt_tokens: 5, completion_tokens: 2, completion_tokens_details: { reasoning_tokens: 3 } },
    { prompt_tokens: 5, completion_tokens: 2, completion_tokens_details: { audio_tokens: -1 } },
  ])("nonsense is unknown: %j", (usage) => {
    expect(openaiUsage(usage)).toEqual({ source: "unknown", tokens: {} });
  });

  test("the classes add up to the provider's total", () => {
    fc.assert(
      fc.property(count, count, count, count, count, count, (fresh, cached, written, audio, plain, reasoning) => {
        const prompt_tokens = fresh + cached + written + audio;
        const completion_tokens = plain + reasoning;
        const total_tokens = prompt_tokens + completion_tokens;
        const usage = openaiUsage({
          prompt_tokens,
          completion_tokens,
          total_tokens,
          prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written, audio_tokens: audio },
          completion_tokens_details: { reasoning_tokens: reasoning },
        });
        expect([usage.source, sum(usage.tokens)]).toEqual(["provider", total_tokens]);
      }),
    );
  });
});

describe("anthropic usage", () => {
  // platform.claude.com/docs/en/build-with-claude/data-residency: the usage of a reply tells where it ran.
  test.each([
    ["us", "us"],
    ["global", "global"],
    ["not_available", undefined],
    [null, undefined],
    [7, undefined],
  ])("inference_geo %s is the region %s", (inference_geo, region) => {
    expect(anthropicUsage({ input_tokens: 1, output_tokens: 2, inference_geo }).region).toBe(region);
  });

  test("keeps what excludes each other and splits writes by lifetime", () => {
    const usage = anthropicUsage({
      input_tokens: 10,
      cache_read_input_tokens: 20,
      cache_creation_input_tokens: 35,
      cache_creation: { ephemeral_5m_input_tokens: 5, ephemeral_1h_input_tokens: 30 },
      output_tokens: 40,
      output_tokens_details: { thinking_tokens: 15 },
      server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
      service_tier: "standard",
    });
    expect(usage).toEqual({
      source: "provider",
      serviceTier: "standard",
      serverToolCalls: { web_search_requests: 2, web_fetch_requests: 0 },
      tokens: { input: 10, cacheRead: 20, cacheWrite5m: 5, cacheWrite1h: 30, output: 25, reasoning: 15 },
    });
  });

  test.each([
    [
      "no split: the default lifetime",
      { input_tokens: 1, cache_creation_input_tokens: 7, output_tokens: 2 },
      { input: 1, cacheWrite5m: 7, output: 2 },
    ],
    [
      "null fields are absent",
      {
        input_tokens: 0,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
        cache_creation: null,
        server_tool_use: null,
        output_tokens: 0,
      },
      { input: 0, output: 0 },
    ],
    [
      "compaction is billed beside the rest, an advisor is not ours to price",
      {
        input_tokens: 1,
        output_tokens: 2,
        iterations: [
          { type: "message", input_tokens: 1, output_tokens: 2 },
          { type: "compaction", input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 30 },
          { type: "advisor_message", input_tokens: 100, output_tokens: 100 },
        ],
      },
      { input: 11, output: 22, cacheRead: 30 },
    ],
  ])("%s", (_name, usage, tokens) => {
    expect(anthropicUsage(usage)).toEqual({ source: "provider", tokens });
  });

  test.each([
    undefined,
    { input_tokens: 1 },
    { input_tokens: -1, output_tokens: 1 },
    { input_tokens: 1, output_tokens: 1.5 },
    { input_tokens: 1, output_tokens: 1, cache_read_input_tokens: "3" },
    {
      input_tokens: 1,
      output_tokens: 1,
      cache_creation_input_tokens: 3,
      cache_creation: { ephemeral_5m_input_tokens: 4 },
    },
    { input_tokens: 1, output_tokens: 1, output_tokens_details: { thinking_tokens: 2 } },
    { input_tokens: 1, output_tokens: 1, iterations: [{ type: "compaction", input_tokens: -4, output_tokens: 1 }] },
  ])("nonsense is unknown: %j", (usage) => {
    expect(anthropicUsage(usage)).toEqual({ source: "unknown", tokens: {} });
  });

  test("the classes add up to the provider's total", () => {
    fc.assert(
      fc.property(count, count, count, count, count, count, (input, read, fiveMinutes, oneHour, output, thinking) => {
        const usage = anthropicUsage({
          input_tokens: input,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: fiveMinutes + oneHour,
          cache_creation: { ephemeral_5m_input_tokens: fiveMinutes, ephemeral_1h_input_tokens: oneHour },
          output_tokens: output + thinking,
          output_tokens_details: { thinking_tokens: thinking },
        });
        expect([usage.source, sum(usage.tokens)]).toEqual([
          "provider",
          input + read + fiveMinutes + oneHour + output + thinking,
        ]);
      }),
    );
  });

  test("a message_delta overwrites what it gives and leaves what it does not", () => {
    const events = [
      {
        type: "message_start",
        message: { id: "msg", model: "c", usage: { input_tokens: 9, cache_read_input_tokens: 4, output_tokens: 1 } },
      },
      { type: "message_delta", delta: {}, usage: { output_tokens: 5, input_tokens: null } },
      {
        type: "message_delta",
        delta: { stop_reason: "end_turn" },
        usage: { output_tokens: 12, input_tokens: 10, server_tool_use: { web_search_requests: 1 } },
      },
    ];
    const observer = anthropic.observeStream(true);
    observer.push(
      Buffer.from(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join("")),
    );
    expect(observer.facts()).toMatchObject({
      finishReason: "stop",
      usage: { tokens: { input: 10, cacheRead: 4, output: 12 }, serverToolCalls: { web_search_requests: 1 } },
    });
  });
});

const readChoices = (choices: unknown): unknown =>
  openai.readReply(Buffer.from(JSON.stringify({ id: "c", model: "m", choices })));
const readStopped = (stop_reason: unknown, content: JsonObject[] = []): unknown =>
  anthropic.readReply(Buffer.from(JSON.stringify({ id: "m", model: "c", stop_reason, content })));

describe("readReply", () => {
  test("openai", () => {
    const message = { content: "a" };
    expect(readChoices([{ message, finish_reason: "stop" }])).toMatchObject({
      responseId: "c",
      servedModel: "m",
      finishReason: "stop",
      hasToolCalls: false,
    });
    expect(readChoices([{ message: { tool_calls: [{}] }, finish_reason: "tool_calls" }])).toMatchObject({
      finishReason: "tool-calls",
      hasToolCalls: true,
    });
    expect(readChoices([{ message: { refusal: "No." }, finish_reason: "stop" }])).toMatchObject({
      finishReason: "refusal",
    });
    expect(
      readChoices([
        { message, finish_reason: "stop" },
        { message, finish_reason: "length" },
        { message, finish_reason: "stop" },
      ]),
    ).toMatchObject({ finishReason: "length" });
    expect(readChoices([{ message, finish_reason: "novel" }])).toMatchObject({ finishReason: "unknown" });
    expect(readChoices([{ message }])).toMatchObject({ finishReason: null });
  });

  test("anthropic", () => {
    expect(readStopped("end_turn", [{ type: "text" }])).toMatchObject({
      responseId: "m",
      servedModel: "c",
      finishReason: "stop",
      hasToolCalls: false,
    });
    expect(readStopped("tool_use", [{ type: "tool_use" }])).toMatchObject({
      finishReason: "tool-calls",
      hasToolCalls: true,
    });
    expect(readStopped("end_turn", [{ type: "server_tool_use" }])).toMatchObject({ hasToolCalls: true });
    expect(
      ["max_tokens", "refusal", "pause_turn", "novel", null].map(
        (reason) => (readStopped(reason) as { finishReason: unknown }).finishReason,
      ),
    ).toEqual(["length", "refusal", "pause", "unknown", null]);
  });

  test.each(["", "<html>", "[]", "null", `{"choices":7,"usage":"x"}`, "\uFFFD"])("never throws: %j", (body) => {
    for (const dialect of [openai, anthropic]) {
      expect(dialect.readReply(Buffer.from(body))).toMatchObject({
        usage: { source: "unknown" },
        finishReason: null,
        hasToolCalls: false,
      });
    }
  });
});

describe("our own errors", () => {
  test("openai", () => {
    const document = {
      error: { message: error.message, type: "invalid_request_error", param: "model", code: "invalid_request" },
    };
    expect(parse(openai.renderError(error))).toEqual(document);
    expect(text(openai.renderStreamError(error))).toBe(`data: ${JSON.stringify(document)}\n\n`);
  });

  test("anthropic", () => {
    const document = {
      type: "error",
      error: { type: "invalid_request_error", message: error.message },
      request_id: "fr_1",
    };
    expect(parse(anthropic.renderError(error))).toEqual(document);
    expect(text(anthropic.renderStreamError(error))).toBe(`event: error\ndata: ${JSON.stringify(document)}\n\n`);
  });

  test("in a stream they are read as an error and never as an end", () => {
    for (const dialect of [openai, anthropic]) {
      const observer = dialect.observeStream(false);
      expect(observer.push(dialect.renderStreamError({ ...error, message: "line one\nline two" })).terminal).toBeNull();
      expect(observer.facts()).toMatchObject({ errored: true, terminal: false });
    }
  });
});

const promptBytesOf = (content: unknown): number =>
  openai.promptBytes(openai.readRequest({ model: "m", messages: [{ role: "user", content }] }, 1));

describe("promptBytes", () => {
  test("counts words, not pictures", () => {
    const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${"A".repeat(10_000)}` } };
    const words = promptBytesOf([{ type: "text", text: "x".repeat(1_000) }]);
    expect(words).toBeGreaterThanOrEqual(1_000);
    expect(words).toBeLessThan(1_100);
    expect(promptBytesOf([{ type: "text", text: "x".repeat(1_000) }, picture]) - words).toBeLessThan(50);
    const body = {
      model: "m",
      max_tokens: 1,
      system: "é".repeat(100),
      messages: [],
      tools: [{ name: "f", description: "d".repeat(100) }],
    };
    expect(anthropic.promptBytes(anthropic.readRequest(body, 1))).toBeGreaterThanOrEqual(300);
  });
});
