import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSse } from "../../../kit/sse-decode.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { codec } from "./codec.ts";
import { foldStream } from "./fold-stream.ts";
import { ObjectProgress } from "./object-progress.ts";
import { readRequest } from "./read-request.ts";

fc.configureGlobal({ seed: 7 });

const asked = { request: readRequest({ model: "claude-asked", messages: [] }, 1), requestId: "r1", nowS: 0 };

function readStream(stream: string): StreamEvent[] {
  const reader = codec.openReader(noQuirks);
  const events = decodeSse(Buffer.from(stream)).flatMap(({ event, data }) => reader.read(event, data));
  return [...events, ...reader.finish()];
}

/** What the writer says when the events come one by one. */
function write(events: readonly StreamEvent[]): string {
  const writer = codec.openWriter(asked);
  const written = events.map((event) => writer.write([event])).join("");
  return events.at(-1)?.type === "reply-end" ? written + writer.end() : written;
}

const documentsOf = (stream: string): JsonObject[] =>
  decodeSse(Buffer.from(stream)).map(({ data }) => JSON.parse(data) as JsonObject);
const end: StreamEvent = { type: "reply-end" };
const start: StreamEvent = { type: "reply-start", responseId: "msg_1", servedModel: "claude-x" };
const callStart = (index: number, id: string): StreamEvent => ({ type: "tool-call-start", index, id, name: "f" });
const callDelta = (index: number, argumentsText: string): StreamEvent => ({
  type: "tool-call-delta",
  index,
  argumentsText,
});
const thinkingEnd = (signature: string | null, redacted: string | null = null): StreamEvent => ({
  type: "reasoning-end",
  signature,
  redacted,
  id: null,
});

const print = (documents: readonly object[]): string =>
  documents.map((document) => `event: x\ndata: ${JSON.stringify(document)}\n\n`).join("");

const delta = (index: number, more: object): object => ({ type: "content_block_delta", index, delta: more });

const pieces = (whole: string, cuts: readonly number[]): string[] => {
  const made: string[] = [];
  let rest = whole;
  for (const cut of cuts) {
    made.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...made, rest].filter((piece) => piece !== "");
};

/*
 * Real streams, shortened: anthropics/anthropic-sdk-typescript tests/lib/fixtures/tool_use_response.txt and vercel/ai
 * packages/anthropic/src/__fixtures__/anthropic-claude-sonnet-5-reasoning-summarized.chunks.txt, read 2026-11-21.
 */
const toolStream = `event: message_start
data: {"type":"message_start","message":{"id":"msg_019Q1","type":"message","role":"assistant","model":"claude-opus-4-8","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":377,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":1,"service_tier":"standard"}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: ping
data: {"type": "ping"}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"I'll check."}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_01","name":"get_weather","input":{}}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\\"locati"}}

event: content_block_delta
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"on\\": \\"Paris\\"}"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":65}}

event: message_stop
data: {"type":"message_stop"}

`;
const thinkingStream = `event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"I"}          }

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EsECCokB"}       }

event: content_block_stop
data: {"type":"content_block_stop","index":0        }

event: content_block_start
data: {"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"EmwK"}}

event: content_block_stop
data: {"type":"content_block_stop","index":1}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"stop_sequence","stop_sequence":"END"},"usage":{"input_tokens":47,"output_tokens":373,"output_tokens_details":{"thinking_tokens":62}}}

event: message_stop
data: {"type":"message_stop"               }

`;

describe("reading", () => {
  test("text and a call of a tool", () => {
    expect(readStream(toolStream)).toEqual([
      { type: "reply-start", responseId: "msg_019Q1", servedModel: "claude-opus-4-8" },
      expect.objectContaining({ type: "usage-report" }),
      { type: "text-delta", text: "I'll check." },
      { type: "tool-call-start", index: 1, id: "toolu_01", name: "get_weather" },
      callDelta(1, '{"locati'),
      callDelta(1, 'on": "Paris"}'),
      {
        type: "usage-report",
        usage: {
          source: "provider",
          tokens: { input: 377, cacheRead: 0, cacheWrite5m: 0, output: 65 },
          serviceTier: "standard",
        },
      },
      { type: "finish", reason: "tool-calls" },
      end,
    ]);
  });

  test("thinking, its proof, thinking that is hidden, and a stop text", () => {
    expect(readStream(thinkingStream)).toEqual([
      { type: "reasoning-delta", text: "I" },
      thinkingEnd("EsECCokB"),
      thinkingEnd(null, "EmwK"),
      { type: "usage-report", usage: { source: "provider", tokens: { input: 47, output: 311, reasoning: 62 } } },
      { type: "finish", reason: "stop", stopSequence: "END" },
      end,
    ]);
  });

  test("what some servers do: a start twice, arguments or a proof at the start of a block, no end of a block", () => {
    const message = { type: "message_start", message: { id: "msg_1", model: "claude-x" } };
    const call = { type: "tool_use", id: "c", name: "f", input: { a: 1 } };
    const thinking = { type: "thinking", thinking: "hm", signature: "s" };
    const stream = print([
      message,
      message,
      { type: "content_block_start", index: 0, content_block: call },
      { type: "content_block_stop", index: 0 },
      { type: "content_block_start", index: 1, content_block: call },
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"a": 1}' } },
      { type: "content_block_start", index: 2, content_block: thinking },
      { type: "content_block_start", index: 3, content_block: { type: "thinking", thinking: "so" } },
      { type: "message_stop" },
      { type: "message_stop" },
    ]);
    expect(readStream(stream)).toEqual([
      start,
      callStart(0, "c"),
      callDelta(0, '{"a":1}'),
      callStart(1, "c"),
      callDelta(1, '{"a": 1}'),
      { type: "reasoning-delta", text: "hm" },
      { type: "reasoning-delta", text: "so" },
      thinkingEnd("s"),
      thinkingEnd(null),
      end,
    ]);
  });

  test("an error has its kind, a cut stream no end, and odd data says nothing", () => {
    const error = `event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n`;
    expect(readStream(error)).toEqual([{ type: "stream-error", message: "Overloaded", kind: "overloaded_error" }]);
    const cut = toolStream.slice(0, toolStream.indexOf("event: message_stop"));
    expect(readStream(cut).some(({ type }) => type === "reply-end")).toBe(false);
    const reader = codec.openReader(noQuirks);
    for (const data of ["", "{", "[]", "null", '"x"', '{"type":7}', '{"type":"content_block_delta","delta":[]}']) {
      expect(reader.read("x", data)).toEqual([]);
    }
  });

  test("is the fold of the whole stream", () => {
    for (const stream of [toolStream, thinkingStream, toolStream + thinkingStream]) {
      expect(readStream(stream)).toEqual(foldStream(Buffer.from(stream)));
    }
  });
});

describe("writing", () => {
  test("the events of the dialect in their order, each with its name", () => {
    const stream = write([
      start,
      { type: "reasoning-delta", text: "hm" },
      thinkingEnd("sig"),
      thinkingEnd(null, "data"),
      { type: "text-delta", text: "Hel" },
      { type: "text-delta", text: "lo" },
      callStart(0, "c1"),
      callDelta(0, '{"a"'),
      callDelta(0, ": 1}"),
      { type: "finish", reason: "tool-calls" },
      { type: "usage-report", usage: { source: "provider", tokens: { input: 7, cacheRead: 5, output: 9 } } },
      end,
    ]);
    const frame = { id: "msg_1", type: "message", role: "assistant", model: "claude-x", content: [] };
    const usage = {
      input_tokens: 7,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: 5,
      cache_creation: null,
      output_tokens: 9,
      output_tokens_details: null,
      server_tool_use: null,
      service_tier: null,
    };
    expect(documentsOf(stream)).toEqual([
      {
        type: "message_start",
        message: {
          ...frame,
          stop_reason: null,
          stop_sequence: null,
          stop_details: null,
          container: null,
          diagnostics: null,
          usage: { ...usage, input_tokens: 0, cache_read_input_tokens: null, output_tokens: 0 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
      delta(0, { type: "thinking_delta", thinking: "hm" }),
      delta(0, { type: "signature_delta", signature: "sig" }),
      { type: "content_block_stop", index: 0 },
      { type: "content_block_start", index: 1, content_block: { type: "redacted_thinking", data: "data" } },
      { type: "content_block_stop", index: 1 },
      { type: "content_block_start", index: 2, content_block: { type: "text", text: "" } },
      delta(2, { type: "text_delta", text: "Hel" }),
      delta(2, { type: "text_delta", text: "lo" }),
      { type: "content_block_stop", index: 2 },
      { type: "content_block_start", index: 3, content_block: { type: "tool_use", id: "c1", name: "f", input: {} } },
      delta(3, { type: "input_json_delta", partial_json: '{"a"' }),
      delta(3, { type: "input_json_delta", partial_json: ": 1}" }),
      { type: "content_block_stop", index: 3 },
      {
        type: "message_delta",
        delta: { stop_reason: "tool_use", stop_sequence: null, stop_details: null, container: null },
        usage,
      },
      { type: "message_stop" },
    ]);
    for (const { event, data } of decodeSse(Buffer.from(stream))) {
      expect((JSON.parse(data) as JsonObject)["type"]).toBe(event);
    }
  });

  test("deltas flow as they come, the next call as soon as the one before it is whole", () => {
    const writer = codec.openWriter(asked);
    const types = (...events: StreamEvent[]): unknown[] =>
      documentsOf(writer.write(events)).map(({ type, index }) => [type, index]);
    expect(types(start)).toEqual([["message_start", undefined]]);
    expect(types(callStart(0, "c1"), callDelta(0, '{"a":'))).toEqual([
      ["content_block_start", 0],
      ["content_block_delta", 0],
    ]);
    expect(types(callStart(1, "c2"), callDelta(1, '{"b":'))).toEqual([]);
    expect(types(callDelta(0, '"}"}'))).toEqual([
      ["content_block_delta", 0],
      ["content_block_stop", 0],
      ["content_block_start", 1],
      ["content_block_delta", 1],
    ]);
    expect(types(callDelta(1, "1}"))).toEqual([["content_block_delta", 1]]);
    expect(types(callDelta(0, " "), { type: "text-delta", text: "" }, callStart(1, "c2"))).toEqual([]);
    expect(types(callStart(1, "c3"))).toEqual([
      ["content_block_stop", 1],
      ["content_block_start", 2],
    ]);
  });

  test("a start that came with a usage tells the input, one without ids has ours", () => {
    const writer = codec.openWriter(asked);
    const written = writer.write([
      { type: "reply-start", responseId: null, servedModel: null },
      { type: "usage-report", usage: { source: "provider", tokens: { input: 3, output: 0 } } },
    ]);
    expect(documentsOf(written)).toMatchObject([
      { message: { id: "msg_r1", model: "claude-asked", usage: { input_tokens: 3 } } },
    ]);
    expect(documentsOf(write([callStart(2, ""), end]))).toMatchObject([
      { type: "message_start" },
      { content_block: { id: "toolu_r1_2" } },
      { type: "content_block_stop" },
      { delta: { stop_reason: "tool_use" } },
      { type: "message_stop" },
    ]);
  });

  test("an answer without a word is a message all the same", () => {
    expect(documentsOf(write([end])).map(({ type }) => type)).toEqual([
      "message_start",
      "message_delta",
      "message_stop",
    ]);
  });

  test.each([
    [
      { type: "finish", reason: "stop", stopSequence: "END" },
      { stop_reason: "stop_sequence", stop_sequence: "END" },
    ],
    [
      { type: "finish", reason: "content-filter" },
      { stop_reason: "refusal", stop_sequence: null },
    ],
    [
      { type: "finish", reason: "pause" },
      { stop_reason: "pause_turn", stop_sequence: null },
    ],
    [
      { type: "finish", reason: "length" },
      { stop_reason: "max_tokens", stop_sequence: null },
    ],
    [
      { type: "finish", reason: "unknown" },
      { stop_reason: "end_turn", stop_sequence: null },
    ],
  ] as const)("%j", (finish, expected) => {
    expect(documentsOf(write([finish, end])).at(-2)).toMatchObject({ delta: expected });
  });
});

describe("what is written is read back", () => {
  const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 5 });
  const call = fc.record({
    argumentsText: fc
      .dictionary(words, fc.jsonValue(), { maxKeys: 2 })
      .map((object) => JSON.stringify(object, null, 1)),
    cuts: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 6 }),
  });

  test("in any order of deltas", () => {
    const lanes = fc.record({
      calls: fc.array(call, { maxLength: 3 }),
      texts: fc.array(words, { maxLength: 4 }),
      thoughts: fc.array(words, { maxLength: 3 }),
      order: fc.array(fc.nat(99), { minLength: 60, maxLength: 60 }),
    });
    fc.assert(
      fc.property(lanes, ({ calls, texts, thoughts, order }) => {
        const queues: StreamEvent[][] = [
          ...calls.map(({ argumentsText, cuts }, index) => [
            callStart(index, `c${index}`),
            ...pieces(argumentsText, cuts).map((piece) => callDelta(index, piece)),
          ]),
          texts.map((text): StreamEvent => ({ type: "text-delta", text })),
          [...thoughts.map((text): StreamEvent => ({ type: "reasoning-delta", text })), thinkingEnd("sig")],
        ];
        const events: StreamEvent[] = [start];
        for (const pick of order) {
          const waiting = queues.filter((queue) => queue.length > 0);
          const next = waiting[pick % Math.max(1, waiting.length)]?.shift();
          if (next !== undefined) events.push(next);
        }
        const read = readStream(write([...events, ...queues.flat(), end]));
        const joined = (type: "text-delta" | "reasoning-delta"): string =>
          read.map((event) => (event.type === type ? event.text : "")).join("");
        expect(joined("text-delta")).toBe(texts.join(""));
        expect(joined("reasoning-delta")).toBe(thoughts.join(""));
        const starts = read.filter((event) => event.type === "tool-call-start");
        expect(starts.map(({ id }) => id).toSorted()).toEqual(calls.map((_call, index) => `c${index}`));
        for (const { index, id } of starts) {
          const argumentsText = read
            .map((event) => (event.type === "tool-call-delta" && event.index === index ? event.argumentsText : ""))
            .join("");
          expect(argumentsText).toBe(calls[Number(id.slice(1))]?.argumentsText);
        }
        expect(read.at(-1)).toEqual(end);
      }),
    );
  });

  test("in order, event by event", () => {
    const event = fc.oneof(
      words.map((text): StreamEvent => ({ type: "text-delta", text })),
      fc
        .tuple(words, words)
        .map(([text, signature]): StreamEvent[] => [{ type: "reasoning-delta", text }, thinkingEnd(signature)]),
      words.map((data) => thinkingEnd(null, data)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), (made) => {
        const events = [start, ...made.flat()];
        const read = readStream(write([...events, end]));
        expect(read.filter(({ type }) => type !== "usage-report" && type !== "finish")).toEqual([...events, end]);
      }),
    );
  });
});

test("an object is whole where its last brace closes", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (object) => {
      const text = JSON.stringify(object);
      const progress = new ObjectProgress();
      progress.add(text.slice(0, -1));
      expect(progress.isWhole).toBe(false);
      progress.add("}");
      expect(progress.isWhole).toBe(true);
    }),
  );
});
