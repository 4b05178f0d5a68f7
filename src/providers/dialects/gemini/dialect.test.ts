import { describe, expect, test } from "vitest";
import type { RenderedError } from "../../../spec/rendered-error.ts";
import { errors } from "../../../spec/errors.ts";
import type { JsonValue } from "../../../spec/json.ts";
import { gemini } from "./dialect.ts";
import { readUsage } from "./read-usage.ts";

const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));
const text = (body: Uint8Array): string => Buffer.from(body).toString();
const ask = { contents: [{ role: "user", parts: [{ text: "Hi" }] }] };
const path = { model: "gemini-3.7-flash", stream: false };

describe("paths", () => {
  test.each([
    ["/v1beta/models/gemini-3.7-flash:generateContent", "gemini-3.7-flash", false],
    ["/v1/models/gemini-3.7-flash:streamGenerateContent", "gemini-3.7-flash", true],
    ["/v1beta/models/google/gemma:generateContent", "google/gemma", false],
    ["/v1beta/models/a%20b%3Ac:generateContent", "a b:c", false],
    ["/v1beta/models/ft:x:streamGenerateContent", "ft:x", true],
  ])("%s names model and kind", (asked, model, stream) => {
    expect(gemini.matchPath(asked)).toEqual({ model, stream });
  });

  test.each([
    "/v1beta/models/m:countTokens",
    "/v1beta/models/:generateContent",
    "/v1beta/models/m",
    "/v1beta1/models/m:generateContent",
    "/v1beta/tunedModels/m:generateContent",
    "/v1beta/models/%E0%A4%A:generateContent",
    "/v1/messages",
  ])("%s is not of this dialect", (asked) => expect(gemini.matchPath(asked)).toBeNull());

  test.each(["gemini-3.7-flash", "a/b:c", "../../files", "naïve ?#"])(
    "what is called for %s is read as it",
    (model) => {
      for (const stream of [true, false]) {
        const called = gemini.callPath({ model, stream });
        expect(called.startsWith("/v1beta/models/")).toBe(true);
        expect(called.split("/")).toHaveLength(4);
        expect(gemini.matchPath(called)).toEqual({ model, stream });
      }
    },
  );
});

const size = (parts: JsonValue[]): number =>
  gemini.promptBytes(
    gemini.readRequest({ contents: [{ parts }], system_instruction: { parts: { text: "sys" } } }, 1, path),
  );

describe("requests", () => {
  test("the path tells model and stream, the body everything else", () => {
    const body = {
      ...ask,
      tools: [{ googleSearch: {} }],
      generationConfig: { maxOutputTokens: 9, temperature: 0.5, candidateCount: 2 },
    };
    expect(gemini.readRequest(body, 70, { model: "m", stream: true })).toEqual({
      dialect: "gemini",
      model: "m",
      stream: true,
      streamUsage: true,
      outputTokensMax: 9,
      choices: 2,
      temperature: 0.5,
      hasTools: true,
      stateful: false,
      bodyBytes: 70,
      rest: body,
    });
  });

  test("snake case and lists without brackets are read as Google reads them", () => {
    const body = {
      contents: { parts: { text: "Hi" } },
      tools: { function_declarations: [{ name: "f" }] },
      generation_config: { max_output_tokens: 9 },
      cached_content: "cachedContents/1",
    };
    expect(gemini.readRequest(body, 1, path)).toMatchObject({ outputTokensMax: 9, hasTools: true, stateful: true });
  });

  test("without a path the body's model counts", () => {
    expect(gemini.readRequest({ ...ask, model: "models/m" }, 1)).toMatchObject({ model: "m", stream: false });
    expect(() => gemini.readRequest(ask, 1)).toThrow(/`model`/);
  });

  test.each([
    [{}, "contents"],
    [{ contents: "Hi" }, "contents"],
    [{ ...ask, generationConfig: { maxOutputTokens: "9" } }, "generationConfig.maxOutputTokens"],
    [{ ...ask, generationConfig: { candidateCount: 0 } }, "generationConfig.candidateCount"],
    [{ ...ask, generation_config: { temperature: "hot" } }, "generationConfig.temperature"],
  ])("%j is refused by name", (body, field) => {
    expect(() => gemini.readRequest(body, 1, path)).toThrow(
      expect.objectContaining({ code: "invalid_request", field }),
    );
  });

  test("another model changes the path alone, and the body only where it names one", () => {
    const raw = Buffer.from(`{"contents": [{"parts":[{"text":"12345678901234567890"}]}], "x": 12345678901234567890}`);
    const request = gemini.readRequest(JSON.parse(raw.toString()), raw.length, path);
    expect(gemini.encodeRequest(request, { model: "other", addStreamUsage: true }, raw)).toBe(raw);
    const named = Buffer.from(`{"model": "models/m", "contents": [], "x": 12345678901234567890}`);
    const other = gemini.readRequest(JSON.parse(named.toString()), named.length, path);
    expect(text(gemini.encodeRequest(other, { model: "other" }, named))).toBe(
      `{"model": "models/other", "contents": [], "x": 12345678901234567890}`,
    );
    expect(JSON.parse(text(gemini.encodeRequest(other, { model: "other" })))).toMatchObject({ model: "models/other" });
    expect(gemini.encodeRequest(other, {}, named)).toBe(named);
  });

  test("words are measured, pictures and proofs are not", () => {
    const plain = size([{ text: "Hello" }]);
    expect(plain).toBeGreaterThan(8);
    expect(size([{ text: "Hello", thoughtSignature: "x".repeat(1000) }])).toBe(plain);
    expect(size([{ text: "Hello" }, { inlineData: { mimeType: "image/png", data: "x".repeat(1000) } }])).toBeLessThan(
      plain + 100,
    );
  });
});

// Recorded from the API: vercel/ai, packages/google/src/__fixtures__ (google-tool-use-usage.json of 2026-09,
// google-strict-forced-tool-choice-any.json, issue-19758-prompt-block.chunks.txt), read 2026-11-21.
const toolUse = {
  candidates: [{ content: { parts: [{ text: "" }], role: "model" }, finishReason: "STOP", index: 0 }],
  usageMetadata: {
    promptTokenCount: 55,
    candidatesTokenCount: 51,
    totalTokenCount: 251,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: 55 }],
    toolUsePromptTokenCount: 89,
    toolUsePromptTokensDetails: [{ modality: "TEXT", tokenCount: 89 }],
    thoughtsTokenCount: 56,
    serviceTier: "standard",
  },
  modelVersion: "gemini-3.6-flash",
  responseId: "ClasapiyHaq3_PUProymmQc",
};
const call = { functionCall: { name: "createMeeting", args: { title: "Project" }, id: "call_129591" } };
const toolCall = { candidates: [{ content: { parts: [call], role: "model" }, finishReason: "STOP", index: 0 }] };
const blocked = {
  promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
  usageMetadata: { promptTokenCount: 9, totalTokenCount: 9, serviceTier: "standard" },
  modelVersion: "gemini-3.7-flash",
  responseId: "EXCPatOAKMrQjMcPteHVmQo",
};

describe("replies", () => {
  test("a whole answer", () => {
    expect(gemini.readReply(bytes(toolUse))).toEqual({
      usage: { source: "provider", tokens: { input: 144, output: 51, reasoning: 56 }, serviceTier: "standard" },
      servedModel: "gemini-3.6-flash",
      responseId: "ClasapiyHaq3_PUProymmQc",
      finishReason: "stop",
      hasToolCalls: false,
    });
  });

  test("a stop with calls is told as such", () => {
    expect(gemini.readReply(bytes(toolCall))).toMatchObject({ finishReason: "tool-calls", hasToolCalls: true });
  });

  test("a blocked prompt costs its tokens", () => {
    expect(gemini.readReply(bytes(blocked))).toMatchObject({
      finishReason: "content-filter",
      usage: { tokens: { input: 9, output: 0 } },
    });
  });

  test("a stream that came as one array is read to its end", () => {
    const first = { ...toolUse, candidates: [{ content: { parts: [call] } }], usageMetadata: { promptTokenCount: 1 } };
    expect(gemini.readReply(bytes([first, toolUse]))).toMatchObject({
      finishReason: "tool-calls",
      usage: { tokens: { input: 144 } },
    });
  });

  test.each(["", "[", "[]", "null", `"x"`, `{"candidates":[1,{"content":{"parts":[2]}}]}`])(
    "%j tells nothing",
    (body) => {
      expect(gemini.readReply(Buffer.from(body))).toEqual({
        usage: { source: "unknown", tokens: {} },
        servedModel: null,
        responseId: null,
        finishReason: null,
        hasToolCalls: false,
      });
    },
  );

  test.each([
    ["MAX_TOKENS", "length"],
    ["SPII", "content-filter"],
    ["RECITATION", "content-filter"],
    ["MALFORMED_FUNCTION_CALL", "unknown"],
    ["CONTINUATION", "pause"],
    ["FINISH_REASON_UNSPECIFIED", null],
  ])("%s is %s", (finishReason, ours) => {
    expect(gemini.readReply(bytes({ candidates: [{ finishReason }] })).finishReason).toBe(ours);
  });
});

const split = (...entries: [string, number][]): JsonValue =>
  entries.map(([modality, tokenCount]) => ({ modality, tokenCount }));

describe("usage", () => {
  test.each<[string, JsonValue, Record<string, number>]>([
    [
      "cached inside the prompt",
      { promptTokenCount: 100, cachedContentTokenCount: 60, candidatesTokenCount: 5 },
      { input: 40, cacheRead: 60, output: 5 },
    ],
    [
      "modalities apart",
      {
        promptTokenCount: 100,
        candidatesTokenCount: 30,
        promptTokensDetails: split(["TEXT", 50], ["AUDIO", 30], ["IMAGE", 15], ["VIDEO", 5]),
        candidatesTokensDetails: split(["AUDIO", 20], ["TEXT", 10]),
      },
      { input: 55, audioInput: 30, imageInput: 15, output: 10, audioOutput: 20 },
    ],
    [
      "cached sound once",
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 60,
        promptTokensDetails: split(["TEXT", 50], ["AUDIO", 50]),
        cacheTokensDetails: split(["TEXT", 20], ["AUDIO", 40]),
      },
      { input: 30, cacheRead: 60, audioInput: 10, output: 0 },
    ],
    [
      "cached sound that is not told apart",
      { promptTokenCount: 100, cachedContentTokenCount: 60, promptTokensDetails: split(["AUDIO", 50], ["IMAGE", 50]) },
      { input: 0, cacheRead: 60, audioInput: 40, imageInput: 0, output: 0 },
    ],
    [
      "results of tools beside the prompt",
      {
        promptTokenCount: 10,
        toolUsePromptTokenCount: 7,
        toolUsePromptTokensDetails: split(["IMAGE", 4], ["TEXT", 3]),
      },
      { input: 13, imageInput: 4, output: 0 },
    ],
    [
      "sound and pictures of both",
      {
        promptTokenCount: 10,
        promptTokensDetails: split(["AUDIO", 1], ["IMAGE", 2], ["AUDIO", 2], ["TEXT", 5]),
        toolUsePromptTokenCount: 9,
        toolUsePromptTokensDetails: split(["AUDIO", 1], ["IMAGE", 4], ["TEXT", 4]),
      },
      { input: 9, audioInput: 4, imageInput: 6, output: 0 },
    ],
    [
      "a single token of sound among results",
      { promptTokenCount: 10, toolUsePromptTokenCount: 1, toolUsePromptTokensDetails: split(["AUDIO", 1]) },
      { input: 10, audioInput: 1, output: 0 },
    ],
    [
      "a single token of a picture among results",
      { promptTokenCount: 10, toolUsePromptTokenCount: 1, toolUsePromptTokensDetails: split(["IMAGE", 1]) },
      { input: 10, imageInput: 1, output: 0 },
    ],
    [
      "sound of which nothing was cached",
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 60,
        promptTokensDetails: split(["TEXT", 80], ["AUDIO", 20]),
        cacheTokensDetails: split(["TEXT", 60]),
      },
      { input: 20, cacheRead: 60, audioInput: 20, output: 0 },
    ],
    [
      "pictures alone beside a cache that is not told apart",
      { promptTokenCount: 100, cachedContentTokenCount: 60, promptTokensDetails: split(["IMAGE", 50]) },
      { input: 0, cacheRead: 60, imageInput: 40, output: 0 },
    ],
    ["names in snake case", { prompt_token_count: 3, thoughts_token_count: 4 }, { input: 3, output: 0, reasoning: 4 }],
  ])("%s", (_name, usage, tokens) => {
    expect(readUsage(usage)).toEqual({ source: "provider", tokens });
  });

  test.each<JsonValue>([
    null,
    {},
    { trafficType: "ON_DEMAND" },
    { promptTokenCount: -1 },
    { promptTokenCount: "7" },
    { promptTokenCount: 1, cachedContentTokenCount: 2 },
    { promptTokenCount: 1, promptTokensDetails: [{ modality: "AUDIO", tokenCount: 2 }] },
    { promptTokenCount: 1, thoughtsTokenCount: 1.5 },
  ])("%j counts nothing", (usage) => {
    expect(readUsage(usage)).toEqual({ source: "unknown", tokens: {} });
  });

  test.each([
    [{ serviceTier: "FLEX" }, "flex"],
    [{ serviceTier: "SERVICE_TIER_PRIORITY" }, "priority"],
    [{ trafficType: "ON_DEMAND_FLEX" }, "flex"],
    [{ serviceTier: "unspecified" }, undefined],
    [{ trafficType: "constructor" }, undefined],
  ])("%j is the tier %s", (more, tier) => {
    expect(readUsage({ promptTokenCount: 1, ...more }).serviceTier).toBe(tier);
  });
});

const rendered = (code: string, type: string): RenderedError => ({
  code,
  type,
  message: "No.",
  requestId: "req_1",
  field: null,
});
const statusOf = (error: RenderedError): { code: number; status: string } =>
  JSON.parse(text(gemini.renderError(error))).error;

describe("our errors", () => {
  test("in Google's shape", () => {
    const error = { ...rendered("untranslatable", "invalid_request_error"), field: "contents[].role" };
    expect(JSON.parse(text(gemini.renderError(error)))).toEqual({
      error: {
        code: 400,
        message: "No.",
        status: "INVALID_ARGUMENT",
        details: [
          { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "UNTRANSLATABLE", domain: "farthing" },
          { "@type": "type.googleapis.com/google.rpc.RequestInfo", requestId: "req_1" },
          {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            fieldViolations: [{ field: "contents[].role", description: "No." }],
          },
        ],
      },
    });
    const event = text(gemini.renderStreamError(error));
    expect(event).toBe(`data: ${text(gemini.renderError(error))}\n\n`);
    expect(gemini.foldStream(Buffer.from(event))).toEqual([
      { type: "stream-error", message: "No.", kind: "INVALID_ARGUMENT" },
    ]);
  });

  test("each with the status of its row and a word of Google's", () => {
    for (const [code, row] of Object.entries(errors)) {
      const { code: http, status } = statusOf(rendered(code, row.openai));
      expect(http).toBe(row.status);
      expect(status).toMatch(/^[A-Z_]+$/);
    }
  });

  test.each([
    ["rate_limit_exceeded", "rate_limit_error", 429, "RESOURCE_EXHAUSTED"],
    ["not_found_error", "invalid_request_error", 404, "NOT_FOUND"],
    ["UNAVAILABLE", "overloaded_error", 503, "UNAVAILABLE"],
    ["context_length_exceeded", "invalid_request_error", 400, "INVALID_ARGUMENT"],
    ["constructor", "toString", 500, "INTERNAL"],
  ])("%s of another vendor, %s, is %i %s", (code, type, http, status) => {
    expect(statusOf(rendered(code, type))).toMatchObject({ code: http, status });
  });
});
