import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ReplyFacts } from "../../../spec/dialect.ts";
import type { RenderedError } from "../../../spec/rendered-error.ts";
import { openaiResponses as dialect } from "./dialect.ts";

fc.configureGlobal({ seed: 7 });

const error: RenderedError = {
  code: "upstream_broken",
  type: "api_error",
  message: "The provider broke off.",
  requestId: "fr_1",
  field: null,
};
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
const replyOf = (document: unknown): ReplyFacts => dialect.readReply(Buffer.from(JSON.stringify(document)));

describe("paths", () => {
  test("only the call itself is ours", () => {
    expect(dialect.matchPath("/v1/responses")).toEqual({ model: null, stream: null });
    for (const path of ["/v1/responses/", "/v1/responses/resp_1", "/v1/responses/input_tokens", "/responses"]) {
      expect(dialect.matchPath(path)).toBeNull();
    }
    expect(dialect.callPath({ model: "m", stream: true })).toBe("/v1/responses");
  });
});

describe("readRequest", () => {
  test("reads what we act on and keeps the rest", () => {
    const body = {
      model: "m",
      input: [{ role: "user", content: "Hello" }],
      stream: true,
      temperature: 0.5,
      max_output_tokens: 0,
      tools: [{}],
      store: true,
      vendor_extra: { a: 1 },
    };
    expect(dialect.readRequest(body, 99)).toEqual({
      dialect: "openai-responses",
      model: "m",
      stream: true,
      streamUsage: true,
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
    const nothing = { stream: null, temperature: null, max_output_tokens: null, tools: null, background: null };
    expect(dialect.readRequest({ model: "m", input: "", ...nothing }, 1)).toMatchObject({
      stream: false,
      temperature: null,
      outputTokensMax: null,
      hasTools: false,
      stateful: false,
    });
  });

  test.each([
    ["previous_response_id", "resp_1"],
    ["conversation", "conv_1"],
    ["conversation", { id: "conv_1" }],
    ["prompt", { id: "pmpt_1" }],
    ["background", true],
  ])("%s = %j makes the call depend on what the vendor keeps", (field, value) => {
    expect(dialect.readRequest({ model: "m", input: "Hi", [field]: value }, 1)).toMatchObject({ stateful: true });
  });

  test("the input may be missing only where the vendor has another one", () => {
    expect(dialect.readRequest({ model: "m", previous_response_id: "resp_1" }, 1).rest["input"]).toBeUndefined();
    expect(() => dialect.readRequest({ model: "m", background: true }, 1)).toThrow(/`input`/);
  });

  test.each([
    ["model", undefined],
    ["model", ""],
    ["input", undefined],
    ["input", 7],
    ["input", {}],
    ["stream", "true"],
    ["max_output_tokens", -1],
    ["max_output_tokens", 1.5],
    ["temperature", "hot"],
    ["tools", {}],
    ["background", "yes"],
  ])("refuses %s = %j, naming it", (field, value) => {
    expect(() => dialect.readRequest({ model: "m", input: "Hi", [field]: value }, 1)).toThrow(
      expect.objectContaining({ code: "invalid_request", field, message: expect.stringContaining(`\`${field}\``) }),
    );
  });
});

describe("encodeRequest", () => {
  const raw = Buffer.from(`{"model":"m", "seed":12345678901234567890,"input":"Hi","x":1.0}`);
  const request = dialect.readRequest(JSON.parse(raw.toString()), raw.length);

  test("changes nothing without an edit, and nothing but the model with one", () => {
    expect(dialect.encodeRequest(request, {}, raw)).toBe(raw);
    expect(dialect.encodeRequest(request, { addStreamUsage: true }, raw)).toBe(raw);
    expect(text(dialect.encodeRequest(request, { model: `n"` }, raw))).toBe(raw.toString().replace(`"m"`, `"n\\""`));
    expect(JSON.parse(text(dialect.encodeRequest(request, { model: "n" })))).toEqual({ ...request.rest, model: "n" });
    expect(JSON.parse(text(dialect.encodeRequest(request, {})))).toEqual(request.rest);
  });
});

const usageOf = (usage: unknown, more: object = {}): ReplyFacts["usage"] => replyOf({ usage, ...more }).usage;

describe("usage", () => {
  test.each([
    // vercel/ai packages/openai, fixture issue-20047-openai-responses (recorded; read 2026-11-21)
    [
      "a recorded one",
      {
        input_tokens: 12,
        input_tokens_details: { cache_write_tokens: 0, cached_tokens: 0 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 14,
      },
      { input: 12, cacheRead: 0, cacheWrite30m: 0, output: 2, reasoning: 0 },
    ],
    ["without details", { input_tokens: 3, output_tokens: 4, total_tokens: 7 }, { input: 3, output: 4 }],
    [
      "two lifetimes",
      {
        input_tokens: 100,
        input_tokens_details: {
          cached_tokens: 10,
          cache_write_tokens: 60,
          cache_write_tokens_details: { ttl_12h_tokens: 50, ttl_30m_tokens: 10 },
        },
        output_tokens: 9,
        output_tokens_details: { reasoning_tokens: 5 },
      },
      { input: 30, cacheRead: 10, cacheWrite30m: 10, cacheWriteLonger: 50, output: 4, reasoning: 5 },
    ],
  ])("%s", (_name, usage, tokens) => {
    expect(usageOf(usage)).toEqual({ source: "provider", tokens });
  });

  test.each([
    null,
    {},
    { input_tokens: 1 },
    { input_tokens: -1, output_tokens: 1 },
    { input_tokens: 1, output_tokens: 1.5 },
    { input_tokens: 1, output_tokens: 1, input_tokens_details: { cached_tokens: 2 } },
    { input_tokens: 1, output_tokens: 1, output_tokens_details: { reasoning_tokens: 2 } },
    { input_tokens: 1, output_tokens: 1, output_tokens_details: { reasoning_tokens: "1" } },
    {
      input_tokens: 9,
      output_tokens: 1,
      input_tokens_details: { cache_write_tokens: 2, cache_write_tokens_details: { ttl_12h_tokens: 3 } },
    },
  ])("nonsense is unknown: %j", (usage) => {
    expect(usageOf(usage)).toEqual({ source: "unknown", tokens: {} });
  });

  test("the classes add up to the vendor's total", () => {
    const count = fc.nat(1_000_000);
    fc.assert(
      fc.property(count, count, count, count, count, count, (fresh, cached, short, long, plain, reasoning) => {
        const total = fresh + cached + short + long + plain + reasoning;
        const { source, tokens } = usageOf({
          input_tokens: fresh + cached + short + long,
          input_tokens_details: {
            cached_tokens: cached,
            cache_write_tokens: short + long,
            cache_write_tokens_details: { ttl_12h_tokens: long, ttl_30m_tokens: short },
          },
          output_tokens: plain + reasoning,
          output_tokens_details: { reasoning_tokens: reasoning },
          total_tokens: total,
        });
        expect([source, Object.values(tokens).reduce((sum, value) => sum + value, 0)]).toEqual(["provider", total]);
      }),
    );
  });

  const counts = { input_tokens: 1, output_tokens: 1 };
  const search = { type: "web_search_call", action: { type: "search" } };
  const open = { type: "web_search_call", action: { type: "open_page" } };

  test("calls of tools that the vendor bills are counted, free ones are not", () => {
    const output = [
      search,
      { type: "web_search_call" },
      open,
      { type: "file_search_call" },
      { type: "code_interpreter_call" },
      { type: "shell_call", environment: { type: "container_reference" } },
      { type: "shell_call", environment: { type: "local" } },
      { type: "function_call" },
      { type: "message" },
      "odd",
    ];
    expect(usageOf(counts, { output, service_tier: "flex" })).toMatchObject({
      serverToolCalls: { web_search: 2, file_search: 1, code_interpreter: 1, shell: 1 },
      serviceTier: "flex",
    });
  });

  test("the vendor's own count of searches stands", () => {
    const output = [search, search, open];
    const told = (num_requests: unknown): unknown =>
      usageOf(counts, { output, tool_usage: { web_search: { num_requests } } }).serverToolCalls;
    expect([told(1), told(0), told("odd"), told(null)]).toEqual([
      { web_search: 1 },
      undefined,
      { web_search: 2 },
      { web_search: 2 },
    ]);
  });
});

const incomplete = (reason: string): object => ({ status: "incomplete", incomplete_details: { reason } });

describe("readReply", () => {
  const message = { type: "message", content: [{ type: "output_text", text: "Hi" }] };
  const refusal = { type: "message", content: [{ type: "refusal", refusal: "No." }] };

  test.each([
    ["stop", { status: "completed", output: [message] }],
    ["tool-calls", { status: "completed", output: [message, { type: "function_call" }] }],
    ["tool-calls", { status: "completed", output: [{ type: "custom_tool_call" }] }],
    ["stop", { status: "completed", output: [{ type: "web_search_call" }, message] }],
    ["refusal", { status: "completed", output: [refusal] }],
    ["length", incomplete("max_output_tokens")],
    ["content-filter", incomplete("content_filter")],
    ["unknown", incomplete("steered")],
    ["unknown", { status: "incomplete", incomplete_details: null }],
    [null, { status: "failed", error: { code: "server_error", message: "x" } }],
    [null, { status: "in_progress" }],
    [null, {}],
  ])("ends with %s: %j", (finishReason, document) => {
    expect(replyOf({ id: "resp_1", model: "m", ...document })).toMatchObject({
      responseId: "resp_1",
      servedModel: "m",
      finishReason,
    });
  });

  test("every call counts as a tool, the vendor's own too", () => {
    expect(replyOf({ output: [{ type: "web_search_call" }] }).hasToolCalls).toBe(true);
    expect(replyOf({ output: [message, { type: "reasoning" }] }).hasToolCalls).toBe(false);
  });

  test.each(["", "<html>", "[]", "null", `{"output":7,"usage":"x"}`, "\uFFFD"])("never throws: %j", (body) => {
    expect(dialect.readReply(Buffer.from(body))).toEqual({
      usage: { source: "unknown", tokens: {} },
      servedModel: null,
      responseId: null,
      finishReason: null,
      hasToolCalls: false,
    });
  });
});

describe("our own errors", () => {
  test("as a body", () => {
    expect(JSON.parse(text(dialect.renderError({ ...error, field: "model" })))).toEqual({
      error: { message: error.message, type: "api_error", param: "model", code: "upstream_broken" },
    });
  });

  test("in a stream: the event that openai-node raises on, then the one that Codex reads; never a completed end", () => {
    const [first, second, rest] = text(dialect.renderStreamError({ ...error, message: "one\ntwo" })).split("\n\n");
    expect(first).toMatch(/^event: error\ndata: \{/);
    expect(JSON.parse(first?.split("data: ")[1] ?? "")).toMatchObject({
      type: "error",
      code: "upstream_broken",
      message: "one\ntwo",
      error: { type: "api_error", code: "upstream_broken", message: "one\ntwo", param: null },
    });
    expect(second).toMatch(/^event: response.failed\ndata: \{/);
    expect(JSON.parse(second?.split("data: ")[1] ?? "")).toMatchObject({
      type: "response.failed",
      response: { status: "failed", error: { code: "upstream_broken", message: "one\ntwo" } },
    });
    expect(rest).toBe("");
    const observer = dialect.observeStream(false);
    observer.push(dialect.renderStreamError(error));
    expect(observer.facts()).toMatchObject({ errored: true, finishReason: null });
    expect(dialect.foldStream(dialect.renderStreamError(error)).filter(({ type }) => type === "stream-error")).toEqual([
      { type: "stream-error", message: error.message, kind: "api_error" },
    ]);
  });
});

const bytesOf = (body: object): number => dialect.promptBytes(dialect.readRequest({ model: "m", ...body }, 1));

test("promptBytes counts words of instructions, input, tools and form, not pictures", () => {
  expect(bytesOf({ input: "x".repeat(100) })).toBe(100);
  const words = { instructions: "é".repeat(50), input: [], tools: [{ name: "f" }], text: { verbosity: "low" } };
  expect(bytesOf(words)).toBe(100 + "namef".length + "verbositylow".length);
  const picture = { type: "input_image", image_url: `data:image/png;base64,${"A".repeat(10_000)}` };
  expect(bytesOf({ input: [{ role: "user", content: [picture] }] })).toBeLessThan(100);
});
