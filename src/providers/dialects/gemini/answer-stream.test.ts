import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../spec/json.ts";
import type { Asked } from "../../../spec/codec.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { codec } from "./codec.ts";
import { readRequest } from "./read-request.ts";

const path = { model: "gemini-3.7-flash", stream: false };
const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
const asked: Asked = { request: readRequest({ contents }, 1, path), requestId: "req_1", nowS: 5 };

const chunk = (candidate: JsonObject, more: JsonObject = {}): string =>
  `data: ${JSON.stringify({ candidates: [candidate], ...more, modelVersion: "gpt", responseId: "chatcmpl-1" })}\n\n`;

describe("streams", () => {
  // Recorded 2026-09-16: vercel/ai, packages/google/src/__fixtures__/google-stream-gemini-3.7-flash-2026-09-16.chunks.txt.
  test("a recorded one", () => {
    const usageMetadata = {
      promptTokenCount: 7,
      candidatesTokenCount: 2,
      totalTokenCount: 103,
      thoughtsTokenCount: 94,
      serviceTier: "standard",
    };
    const more = { usageMetadata, modelVersion: "gemini-3.7-flash", responseId: "WQuqavG5KbfUjMcPuP_n6QI" };
    const reader = codec.openReader(noQuirks);
    const usage = {
      type: "usage-report",
      usage: { source: "provider", tokens: { input: 7, output: 2, reasoning: 94 }, serviceTier: "standard" },
    };
    const first = { candidates: [{ content: { parts: [{ text: "fixture ok" }], role: "model" }, index: 0 }], ...more };
    expect(reader.read("message", JSON.stringify(first))).toEqual([
      { type: "reply-start", responseId: "WQuqavG5KbfUjMcPuP_n6QI", servedModel: "gemini-3.7-flash" },
      { type: "text-delta", text: "fixture ok" },
      usage,
    ]);
    const parts = [{ text: "", thoughtSignature: "EqkECqYE" }];
    const last = { candidates: [{ content: { parts, role: "model" }, finishReason: "STOP", index: 0 }], ...more };
    expect(reader.read("message", JSON.stringify(last))).toEqual([
      { type: "text-delta", text: "", signature: "EqkECqYE" },
      usage,
    ]);
    expect(reader.finish()).toEqual([{ type: "finish", reason: "stop" }, { type: "reply-end" }]);
  });

  test("thoughts and calls", () => {
    const reader = codec.openReader(noQuirks);
    const parts = [
      { text: "Hm", thought: true, thoughtSignature: "eA==" },
      { functionCall: { id: "1", name: "f", args: { a: 1 } }, thoughtSignature: "eQ==" },
    ];
    expect(
      reader.read("message", JSON.stringify({ candidates: [{ content: { parts }, finishReason: "STOP" }] })),
    ).toEqual([
      { type: "reasoning-delta", text: "Hm" },
      { type: "reasoning-end", signature: "eA==", redacted: null, id: null },
      { type: "tool-call-start", index: 0, id: "1", name: "f", signature: "eQ==" },
      { type: "tool-call-delta", index: 0, argumentsText: `{"a":1}` },
    ]);
    expect(reader.finish()[0]).toEqual({ type: "finish", reason: "tool-calls" });
  });

  test("one that is cut has no end, one with an error tells it, odd data is passed over", () => {
    const reader = codec.openReader(noQuirks);
    expect(reader.read("message", "[DONE]")).toEqual([]);
    expect(reader.read("message", `{"candidates":[{"content":{"parts":[{"text":"a"}]}}]}`)).toHaveLength(1);
    expect(reader.finish()).toEqual([]);
    const error = `{"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}`;
    expect(reader.read("message", error)).toEqual([
      { type: "stream-error", message: "Overloaded", kind: "UNAVAILABLE" },
    ]);
    expect(reader.finish()).toEqual([]);
  });

  test("written: text at once, calls whole and last", () => {
    const writer = codec.openWriter(asked);
    const written = writer.write([
      { type: "reply-start", responseId: "chatcmpl-1", servedModel: "gpt" },
      { type: "tool-call-start", index: 1, id: "b", name: "g" },
      { type: "reasoning-delta", text: "Hm" },
      { type: "tool-call-start", index: 0, id: "a", name: "f" },
      { type: "tool-call-delta", index: 1, argumentsText: `{"x"` },
      { type: "text-delta", text: "Hi" },
      { type: "tool-call-delta", index: 0, argumentsText: "" },
      { type: "finish", reason: "tool-calls" },
      { type: "tool-call-delta", index: 1, argumentsText: `:1}` },
      { type: "usage-report", usage: { source: "provider", tokens: { input: 1, output: 2 } } },
    ]);
    const one = (part: JsonObject): string => chunk({ content: { parts: [part], role: "model" }, index: 0 });
    expect(written).toBe(one({ text: "Hm", thought: true }) + one({ text: "Hi" }));
    const parts = [
      { functionCall: { id: "b", name: "g", args: { x: 1 } } },
      { functionCall: { id: "a", name: "f", args: {} } },
    ];
    expect(writer.end()).toBe(
      chunk(
        { content: { parts, role: "model" }, finishReason: "STOP", index: 0 },
        { usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 } },
      ),
    );
  });
});
