import { describe, expect, test } from "vitest";
import type { Answer, Part } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { Asked } from "../../../spec/codec.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { codec } from "./codec.ts";
import { readRequest } from "./read-request.ts";

const path = { model: "gemini-3.7-flash", stream: false };
const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
const call = (id: string, name: string, argumentsText = "{}"): Part => ({ type: "tool-call", id, name, argumentsText });
const asked: Asked = { request: readRequest({ contents }, 1, path), requestId: "req_1", nowS: 5 };
const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

// Recorded from the API, 2026-09: vercel/ai, packages/google/src/__fixtures__/google-gemini-3.7-flash-thinking-levels.json.
const recorded = {
  candidates: [
    {
      content: { parts: [{ text: "Hello!", thoughtSignature: "EmcKZQERTTIP" }], role: "model" },
      finishReason: "STOP",
      index: 0,
    },
  ],
  usageMetadata: {
    promptTokenCount: 2,
    candidatesTokenCount: 9,
    totalTokenCount: 11,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: 2 }],
    serviceTier: "standard",
  },
  modelVersion: "gemini-3.7-flash",
  responseId: "kNiDavuDIcja_uMP8tCj-QU",
};

const chunk = (part: JsonObject): JsonObject => ({ candidates: [{ content: { parts: [part] } }] });

describe("answers", () => {
  test("a recorded one", () => {
    expect(codec.readAnswer(bytes(recorded), noQuirks)).toEqual({
      id: "kNiDavuDIcja_uMP8tCj-QU",
      model: "gemini-3.7-flash",
      createdAtS: null,
      parts: [{ type: "text", text: "Hello!", signature: "EmcKZQERTTIP" }],
      finish: "stop",
      stopSequence: null,
      usage: { source: "provider", tokens: { input: 2, output: 9 }, serviceTier: "standard" },
    });
  });

  test("calls without ids get some that differ between answers", () => {
    const parts = [{ functionCall: { name: "f", args: { a: [1] } } }, { functionCall: { name: "f" } }];
    const candidates = [
      { content: { parts }, finishReason: "STOP" },
      { index: 1, content: { parts } },
    ];
    const answer = codec.readAnswer(bytes({ candidates, responseId: "kpNP/apqw_A-1" }), noQuirks);
    expect(answer?.parts).toEqual([call("call_kpNPapqw_A-1_0", "f", `{"a":[1]}`), call("call_kpNPapqw_A-1_1", "f")]);
    expect(answer?.finish).toBe("tool-calls");
    const nameless = codec.readAnswer(bytes({ candidates }), noQuirks);
    expect(nameless?.parts[0]).toMatchObject({ id: "call_0" });
  });

  test("an array of chunks is one answer", () => {
    const chunks = [
      chunk({ text: "Let me ", thought: true }),
      chunk({ text: "see", thought: true }),
      chunk({ text: "Hel" }),
      chunk({ text: "lo" }),
      recorded,
    ];
    expect(codec.readAnswer(bytes(chunks), noQuirks)?.parts).toEqual([
      { type: "reasoning", text: "Let me see", signature: null, redacted: null, id: null },
      { type: "text", text: "Hello" },
      { type: "text", text: "Hello!", signature: "EmcKZQERTTIP" },
    ]);
  });

  test.each([`{}`, `[]`, `x`, `{"error":{"code":400,"message":"m"}}`])("%s is none", (body) => {
    expect(codec.readAnswer(Buffer.from(body), noQuirks)).toBeNull();
  });

  test("a blocked prompt is an empty answer", () => {
    const blocked = { promptFeedback: { blockReason: "SAFETY" }, usageMetadata: { promptTokenCount: 9 } };
    expect(codec.readAnswer(bytes(blocked), noQuirks)).toMatchObject({ parts: [], finish: "content-filter" });
  });

  const answer: Answer = {
    id: "msg_1",
    model: "claude",
    createdAtS: null,
    parts: [
      { type: "reasoning", text: "Hm", signature: "c2ln", redacted: null, id: "rs_1" },
      { type: "reasoning", text: "", signature: null, redacted: "b3BhcXVl", id: null },
      { type: "text", text: "Hello" },
      call("toolu_1", "f", `{"a":1}`),
    ],
    finish: "tool-calls",
    stopSequence: null,
    usage: {
      source: "provider",
      tokens: { input: 10, cacheRead: 5, cacheWrite5m: 3, audioInput: 2, output: 7, reasoning: 4 },
      serviceTier: "default",
    },
  };

  test("written in Google's form", () => {
    expect(codec.writeAnswer(answer, asked)).toEqual({
      candidates: [
        {
          content: {
            parts: [
              { text: "Hm", thought: true, thoughtSignature: "c2ln" },
              { text: "Hello" },
              { functionCall: { id: "toolu_1", name: "f", args: { a: 1 } } },
            ],
            role: "model",
          },
          finishReason: "STOP",
          index: 0,
        },
      ],
      usageMetadata: {
        promptTokenCount: 20,
        cachedContentTokenCount: 5,
        candidatesTokenCount: 7,
        thoughtsTokenCount: 4,
        totalTokenCount: 31,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: 18 },
          { modality: "AUDIO", tokenCount: 2 },
        ],
        cacheTokensDetails: [{ modality: "TEXT", tokenCount: 5 }],
        serviceTier: "standard",
      },
      modelVersion: "claude",
      responseId: "msg_1",
    });
  });

  test("what the provider did not tell comes from the question; content is never empty", () => {
    const bare = {
      ...answer,
      id: "",
      model: "",
      parts: [],
      finish: "refusal" as const,
      usage: { source: "unknown" as const, tokens: {} },
    };
    expect(codec.writeAnswer(bare, asked)).toEqual({
      candidates: [{ content: { parts: [{ text: "" }], role: "model" }, finishReason: "SAFETY", index: 0 }],
      modelVersion: "gemini-3.7-flash",
      responseId: "req_1",
    });
  });

  test.each([
    ["tool-calls", "MALFORMED_FUNCTION_CALL"],
    ["length", "MAX_TOKENS"],
  ] as const)("a call with broken arguments that ended with %s is left out and told as %s", (finish, finishReason) => {
    const parts = [call("1", "f", `{"a":`)];
    expect(codec.writeAnswer({ ...answer, parts, finish }, asked)["candidates"]).toEqual([
      { content: { parts: [{ text: "" }], role: "model" }, finishReason, index: 0 },
    ]);
    const writer = codec.openWriter(asked);
    expect(
      writer.write([
        { type: "tool-call-delta", index: 0, argumentsText: "{" },
        { type: "finish", reason: finish },
      ]),
    ).toBe("");
    expect(writer.end()).toContain(`"finishReason":"${finishReason}"`);
  });
});

describe("errors of the provider", () => {
  // Recorded 2026-10-09: vercel/ai, packages/google/src/__fixtures__/issue-22372-live-errors.json.
  const error = {
    code: 400,
    message: "You can only set only one of thinking budget and thinking level.",
    status: "INVALID_ARGUMENT",
    details: [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "API_KEY_INVALID" }],
  };

  test("alone or in the array of a stream", () => {
    const told = { kind: "INVALID_ARGUMENT", message: error.message, code: "API_KEY_INVALID" };
    expect(codec.readError(bytes({ error }))).toEqual(told);
    expect(codec.readError(bytes([{ error }]))).toEqual(told);
    expect(codec.readError(bytes({ error: { message: "m" } }))).toEqual({ kind: "", message: "m", code: null });
  });

  test("anything else is its own message", () => {
    expect(codec.readError(Buffer.from(`<html>${"x".repeat(2_000)}`)).message).toHaveLength(1_000);
    expect(codec.readError(Buffer.from(`{"error":{"status":"INTERNAL"}}`))).toEqual({
      kind: "INTERNAL",
      message: `{"error":{"status":"INTERNAL"}}`,
      code: null,
    });
  });
});
