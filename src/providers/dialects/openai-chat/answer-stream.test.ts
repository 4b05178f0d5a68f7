import { describe, expect, test } from "vitest";
import { decodeSse } from "../../../kit/sse-decode.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { Asked } from "../../../spec/codec.ts";
import { noQuirks, type Quirks } from "../../../spec/quirks.ts";
import { answerOfEvents } from "../../translation/test-answer-of-events.ts";
import { openReader } from "./answer-reader.ts";
import { openWriter } from "./answer-writer.ts";
import { foldStream } from "./fold-stream.ts";
import { readRequest } from "./read-request.ts";

const head = { id: "chatcmpl-123", object: "chat.completion.chunk", created: 1_694_268_190, model: "gpt-5.4" };
const chunk = (delta: JsonObject, finish: string | null = null, more: JsonObject = {}): JsonObject => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});

function read(chunks: readonly (JsonObject | string)[], quirks: Quirks = noQuirks): readonly StreamEvent[] {
  const reader = openReader(quirks);
  const events = chunks.flatMap((data) =>
    reader.read("message", typeof data === "string" ? data : JSON.stringify(data)),
  );
  return [...events, ...reader.finish()];
}

const start: StreamEvent = {
  type: "reply-start",
  responseId: "chatcmpl-123",
  servedModel: "gpt-5.4",
  createdAtS: 1_694_268_190,
};
const told = (chunks: readonly (JsonObject | string)[]): readonly StreamEvent[] =>
  read(chunks).filter(({ type }) => type !== "reply-start");
const piece = (index: number, members: JsonObject): JsonObject => chunk({ tool_calls: [{ index, ...members }] });

describe("reading", () => {
  // The example at platform.openai.com/docs/api-reference/chat-streaming, read 2026-11-21, and the usage chunk of its text.
  test("the documented stream", () => {
    const usage = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 };
    const chunks = [
      chunk({ role: "assistant", content: "" }),
      chunk({ content: "Hello" }),
      chunk({}, "stop"),
      { ...head, choices: [], usage, service_tier: "default" },
      "[DONE]",
      chunk({ content: "late" }),
    ];
    expect(read(chunks)).toEqual([
      start,
      { type: "text-delta", text: "Hello" },
      { type: "finish", reason: "stop" },
      {
        type: "usage-report",
        usage: { source: "provider", tokens: { input: 9, output: 1 }, serviceTier: "default" },
      },
      { type: "reply-end" },
    ]);
  });

  test("without its end an answer is not whole", () => {
    expect(told([chunk({ content: "a" }), chunk({}, "stop"), "", "{", "[]"]).at(-1)).toEqual({
      type: "finish",
      reason: "stop",
    });
  });

  test("refusals have events of their own and make the stop one", () => {
    expect(told([chunk({ refusal: "No" }), chunk({ refusal: "." }), chunk({}, "stop")])).toEqual([
      { type: "refusal-delta", text: "No" },
      { type: "refusal-delta", text: "." },
      { type: "finish", reason: "refusal" },
    ]);
  });

  test("calls that repeat their id with every piece begin once", () => {
    const named = { id: "call_1", function: { name: "f", arguments: "{" } };
    expect(told([piece(0, named), piece(0, { ...named, function: { name: "f", arguments: "}" } })])).toEqual([
      { type: "tool-call-start", index: 0, id: "call_1", name: "f" },
      { type: "tool-call-delta", index: 0, argumentsText: "{" },
      { type: "tool-call-delta", index: 0, argumentsText: "}" },
    ]);
  });

  test("calls that share one index are told apart by their ids; places start at 0", () => {
    const events = told([
      piece(3, { id: "a", function: { name: "f", arguments: "{}" } }),
      piece(3, { id: "b", function: { name: "g", arguments: "{" } }),
      piece(3, { function: { arguments: "}" } }),
      piece(7, { function: { arguments: "lost" } }),
    ]);
    expect(answerOfEvents(events).parts).toEqual([
      { type: "tool-call", id: "a", name: "f", argumentsText: "{}" },
      { type: "tool-call", id: "b", name: "g", argumentsText: "{}" },
    ]);
    expect(events.filter(({ type }) => type === "tool-call-start")).toMatchObject([{ index: 0 }, { index: 1 }]);
  });

  test("a call's signature", () => {
    const extra_content = { google: { thought_signature: "sig" } };
    expect(told([piece(0, { id: "a", function: { name: "f" }, extra_content })])).toMatchObject([{ signature: "sig" }]);
  });

  test("errors with the provider's word for them", () => {
    expect(told([{ error: { message: "Busy.", type: "overloaded_error" } }])).toEqual([
      { type: "stream-error", message: "Busy.", kind: "overloaded_error" },
    ]);
    expect(told([{ error: "Busy." }])).toEqual([{ type: "stream-error", message: "Busy." }]);
  });

  test("usage by the server's quirks", () => {
    const usage = { prompt_tokens: 9, completion_tokens: 1, completion_tokens_details: { reasoning_tokens: 5 } };
    const quirks = { ...noQuirks, reasoningTokensOutside: true };
    expect(read([{ choices: [], usage }], quirks)).toMatchObject([{ usage: { tokens: { output: 1, reasoning: 5 } } }]);
    expect(read([{ choices: [], usage }])).toMatchObject([{ usage: { source: "unknown" } }]);
  });
});

const detail = (members: JsonObject): JsonObject => ({ reasoning_details: [{ type: "reasoning.text", ...members }] });
const thoughts = (deltas: readonly JsonObject[]): unknown =>
  answerOfEvents(read(deltas.map((delta) => chunk(delta)))).parts;
const thinking = { type: "reasoning", text: "", signature: null, redacted: null, id: null };

describe("reading of thinking", () => {
  test.each([
    ["DeepSeek", [{ reasoning_content: "w" }, { reasoning_content: "hy" }, { content: "a" }]],
    // Shapes of openrouter.ai/docs (reasoning tokens), read 2026-11-21: each piece stands in a detail beside it.
    [
      "OpenRouter",
      [
        { reasoning: "w", ...detail({ text: "w", index: 0, id: "r" }) },
        { reasoning: "hy", ...detail({ text: "hy", index: 0, id: "r" }) },
        { content: "a" },
      ],
    ],
    ["details alone", [detail({ text: "w", index: 0 }), detail({ text: "hy", index: 0 }), { content: "a" }]],
  ])("%s", (_name, deltas) => {
    expect(thoughts(deltas)).toEqual([
      { ...thinking, text: "why" },
      { type: "text", text: "a" },
    ]);
  });

  test("what proves it comes last; what is hidden is a piece of its own", () => {
    const deltas = [
      { reasoning: "why", ...detail({ text: "why", index: 0 }) },
      { reasoning: null, ...detail({ text: "", signature: "sig", index: 0 }) },
      { reasoning: "more" },
      {
        reasoning_details: [{ type: "reasoning.encrypted", data: "blob", id: "rs_1", index: 1 }, { type: "novel" }, 7],
      },
    ];
    expect(thoughts(deltas)).toEqual([
      { ...thinking, text: "why", signature: "sig" },
      { ...thinking, text: "more" },
      { ...thinking, redacted: "blob", id: "rs_1" },
    ]);
  });
});

const askedFor = (more: JsonObject): Asked => ({
  request: readRequest({ model: "asked", messages: [], stream: true, ...more }, 1),
  requestId: "fr_1",
  nowS: 1_700_000_000,
});
const plain = askedFor({});
const withUsage = askedFor({ stream_options: { include_usage: true } });

function write(events: readonly StreamEvent[], asked: Asked = plain): string {
  const writer = openWriter(asked);
  return writer.write(events) + writer.end();
}
const documentsOf = (text: string): unknown[] =>
  decodeSse(Buffer.from(text)).map(({ data }) => (data === "[DONE]" ? data : JSON.parse(data)));
const deltasOf = (events: readonly StreamEvent[]): unknown[] =>
  documentsOf(write(events))
    .slice(1, -2)
    .map((document) => (document as { choices: [{ delta: unknown }] }).choices[0].delta);
const begun = (index: number, id: string, name: string): object => {
  return { index, id, type: "function", function: { name, arguments: "" } };
};
const counted: StreamEvent = { type: "usage-report", usage: { source: "provider", tokens: { input: 9, output: 1 } } };

describe("writing", () => {
  test("byte for byte", () => {
    const events: StreamEvent[] = [
      start,
      { type: "text-delta", text: "Hi\n" },
      { type: "finish", reason: "length" },
      counted,
    ];
    const front = `data: {"id":"chatcmpl-123","object":"chat.completion.chunk","created":1694268190,"model":"gpt-5.4","choices":[`;
    expect(write(events)).toBe(
      `${front}{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}\n\n` +
        `${front}{"index":0,"delta":{"content":"Hi\\n"},"finish_reason":null}]}\n\n` +
        `${front}{"index":0,"delta":{},"finish_reason":"length"}]}\n\n` +
        "data: [DONE]\n\n",
    );
  });

  test("usage goes to who asked for it, and null in the chunks before", () => {
    const documents = documentsOf(write([start, { type: "text-delta", text: "a" }, counted], withUsage));
    const usage = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 };
    expect(documents.at(-2)).toEqual({ ...head, choices: [], usage });
    expect(documents.slice(0, 3)).toMatchObject([{ usage: null }, { usage: null }, { usage: null }]);
    expect(documents).toHaveLength(5);
    expect(documentsOf(write([start], withUsage)).at(-2)).toMatchObject({ choices: [{ finish_reason: "stop" }] });
  });

  test("what the provider does not tell is made of the request", () => {
    expect(documentsOf(write([]))).toEqual([
      {
        id: "chatcmpl-fr_1",
        object: "chat.completion.chunk",
        created: 1_700_000_000,
        model: "asked",
        choices: [{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }],
      },
      expect.objectContaining({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }),
      "[DONE]",
    ]);
  });

  test("calls are numbered by their beginnings, and one without arguments gets an empty object", () => {
    const deltas = deltasOf([
      start,
      { type: "tool-call-start", index: 4, id: "a", name: "f" },
      { type: "tool-call-start", index: 2, id: "", name: "g", signature: "sig" },
      { type: "tool-call-delta", index: 2, argumentsText: `{"x":` },
      { type: "tool-call-delta", index: 4, argumentsText: "" },
      { type: "tool-call-delta", index: 2, argumentsText: "1}" },
      { type: "tool-call-delta", index: 9, argumentsText: "lost" },
    ]);
    expect(deltas).toEqual([
      { tool_calls: [begun(0, "a", "f")] },
      { tool_calls: [{ ...begun(1, "call_fr_1_1", "g"), extra_content: { google: { thought_signature: "sig" } } }] },
      { tool_calls: [{ index: 1, function: { arguments: `{"x":` } }] },
      { tool_calls: [{ index: 1, function: { arguments: "1}" } }] },
      { tool_calls: [{ index: 0, function: { arguments: "{}" } }] },
    ]);
  });

  test("thinking without a proof has no details", () => {
    const end: StreamEvent = { type: "reasoning-end", signature: null, redacted: null, id: null };
    expect(deltasOf([start, { type: "reasoning-delta", text: "why" }, end, { type: "text-delta", text: "a" }])).toEqual(
      [{ reasoning_content: "why" }, { content: "a" }],
    );
  });

  test("a proof repeats its text, and pieces without one are told apart then", () => {
    const end = { type: "reasoning-end" as const, signature: null, redacted: null, id: null };
    const deltas = deltasOf([
      start,
      { type: "reasoning-delta", text: "one" },
      end,
      { type: "reasoning-delta", text: "t" },
      { type: "reasoning-delta", text: "wo" },
      { ...end, signature: "sig", id: "rs_1" },
      { type: "reasoning-delta", text: "three" },
      { ...end, redacted: "blob" },
      { type: "reasoning-delta", text: "four" },
    ]);
    expect(deltas).toEqual([
      { reasoning_content: "one" },
      detail({ text: "one", index: 0 }),
      { reasoning_content: "t" },
      { reasoning_content: "wo" },
      detail({ text: "two", signature: "sig", id: "rs_1", index: 1 }),
      { reasoning_content: "three" },
      detail({ text: "three", index: 2 }),
      { reasoning_details: [{ type: "reasoning.encrypted", data: "blob", index: 3 }] },
      { reasoning_content: "four" },
      detail({ text: "four", index: 4 }),
    ]);
  });

  test("very long thinking is proven, not repeated", () => {
    const long = "x".repeat(600_000);
    const deltas = deltasOf([
      start,
      { type: "reasoning-delta", text: long },
      { type: "reasoning-delta", text: long },
      { type: "reasoning-end", signature: "sig", redacted: null, id: null },
    ]);
    expect(deltas.at(-1)).toEqual(detail({ signature: "sig", index: 0 }));
  });

  test("an error is not its to tell", () => {
    expect(openWriter(plain).write([{ type: "stream-error", message: "Busy." }])).toBe("");
  });
});

describe("folding a whole stream", () => {
  test("gives what reading gives, but for the places of calls", () => {
    const chunks = [
      chunk({ reasoning: "w" }),
      chunk({ reasoning: "hy" }),
      chunk(detail({ signature: "sig", index: 0 })),
      chunk({ refusal: "N" }),
      chunk({ refusal: "o" }),
      chunk({}, "stop"),
    ];
    const bytes = Buffer.from(
      [...chunks.map((one) => JSON.stringify(one)), "[DONE]"].map((data) => `data: ${data}\n\n`).join(""),
    );
    expect(foldStream(bytes)).toEqual(read([...chunks, "[DONE]"]));
  });
});
