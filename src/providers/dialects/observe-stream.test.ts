import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dialect, StreamFacts, StreamObserver } from "../../spec/dialect.ts";
import { allDialects } from "./all-dialects.ts";
import { factsOfEvents } from "./facts-of-events.ts";

fc.configureGlobal({ seed: 7 });

/** One generated stream as texts of events, without the blank lines that end them. */
interface Stream {
  readonly events: readonly string[];
  /** Index of the usage chunk that only we asked for; -1 when there is none. */
  readonly usageIndex: number;
  readonly hasTerminal: boolean;
}

const words = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom(
    "[DONE]",
    "message_stop",
    "\n\n",
    "\r\n",
    `"usage":{"prompt_tokens":1}`,
    "prompt_tokens",
    "data: [DONE]\n\n",
    "é🙂",
  ),
);
const count = fc.nat(5_000);
const comment = fc.constantFrom(": ping", ": keep-alive", ":");

const openaiDelta = fc.oneof(
  { weight: 5, arbitrary: words.map((content) => ({ content })) },
  words.map((reasoning_content) => ({ reasoning_content })),
  words.map((reasoning) => ({ reasoning })),
  words.map((refusal) => ({ refusal })),
  fc
    .tuple(fc.nat(2), words)
    .map(([index, text]) => ({ tool_calls: [{ index, id: "call_1", function: { name: "f", arguments: text } }] })),
  fc.constant({ role: "assistant", content: "", tool_calls: null }),
);
const openaiStream: fc.Arbitrary<Stream> = fc
  .record({
    deltas: fc.array(fc.oneof({ weight: 6, arbitrary: openaiDelta }, comment), { maxLength: 12 }),
    finish: fc.constantFrom("stop", "length", "tool_calls", "content_filter", "novel", null),
    usage: fc.option(fc.record({ prompt_tokens: count, completion_tokens: count, total_tokens: fc.constant(0) })),
    error: fc.boolean(),
    done: fc.boolean(),
    spaced: fc.boolean(),
    after: fc.array(fc.constantFrom("data: {}", ": late"), { maxLength: 2 }),
  })
  .map(({ deltas, finish, usage, error, done, spaced, after }) => {
    const print = (document: object): string => `data:${spaced ? " " : ""}${JSON.stringify(document)}`;
    const chunk = (choices: unknown, more: object): string =>
      print({ id: "chatcmpl-1", object: "chat.completion.chunk", model: "gpt-x", choices, ...more });
    const events = deltas.map((delta) =>
      typeof delta === "string"
        ? delta
        : chunk([{ index: 0, delta, logprobs: null, finish_reason: null }], { usage: null }),
    );
    if (finish !== null) events.push(chunk([{ index: 0, delta: {}, finish_reason: finish }], { usage: null }));
    if (error) events.push(print({ error: { message: "overloaded", type: "server_error" } }));
    const usageIndex = usage === null ? -1 : events.push(chunk([], { usage, service_tier: "default" })) - 1;
    if (done) events.push("data: [DONE]", ...after);
    return { events, usageIndex, hasTerminal: done };
  });

const anthropicEvent = fc.oneof(
  {
    weight: 5,
    arbitrary: words.map((text) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })),
  },
  words.map((thinking) => ({ type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking } })),
  words.map((partial_json) => ({
    type: "content_block_delta",
    index: 1,
    delta: { type: "input_json_delta", partial_json },
  })),
  fc.constantFrom("tool_use", "server_tool_use", "text").map((type) => ({
    type: "content_block_start",
    index: 1,
    content_block: { type, id: "toolu_1", name: "f", text: "" },
  })),
  fc.constantFrom({ type: "ping" }, { type: "content_block_stop", index: 0 }, { type: "novel_event" }),
);
const anthropicStream: fc.Arbitrary<Stream> = fc
  .record({
    input: fc.record({ input_tokens: count, cache_read_input_tokens: fc.option(count), output_tokens: count }),
    events: fc.array(anthropicEvent, { maxLength: 12 }),
    delta: fc.option(fc.record({ output_tokens: count, input_tokens: fc.option(count) })),
    error: fc.boolean(),
    stop: fc.boolean(),
    after: fc.array(fc.constantFrom(`event: ping\ndata: {"type":"ping"}`), { maxLength: 2 }),
  })
  .map(({ input, events, delta, error, stop, after }) => {
    const documents: { type: string }[] = [
      { type: "message_start", message: { id: "msg_1", model: "claude-x", content: [], usage: input } } as {
        type: string;
      },
      ...events,
    ];
    if (delta !== null)
      documents.push({ type: "message_delta", delta: { stop_reason: "end_turn" }, usage: delta } as { type: string });
    if (error)
      documents.push({ type: "error", error: { type: "overloaded_error", message: "Overloaded" } } as { type: string });
    if (stop) documents.push({ type: "message_stop" });
    const texts = documents.map((document) => `event: ${document.type}\ndata: ${JSON.stringify(document)}`);
    return { events: stop ? [...texts, ...after] : texts, usageIndex: -1, hasTerminal: stop };
  });

const styles = ["\n", "\r\n", "\r"] as const;

function bytesOf(events: readonly string[], lineEnd: string): Buffer {
  return Buffer.from(events.map((event) => `${event.replaceAll("\n", lineEnd)}${lineEnd}${lineEnd}`).join(""));
}

interface Observed {
  readonly passed: Buffer;
  readonly terminal: Buffer | null;
  readonly facts: StreamFacts;
}

function observe(observer: StreamObserver, bytes: Uint8Array, cuts: readonly number[]): Observed {
  const passed: Uint8Array[] = [];
  const terminals: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length].toSorted((one, other) => one - other)) {
    const step = observer.push(bytes.subarray(from, cut));
    from = cut;
    if (terminals.length > 0 && (step.pass.length > 0 || step.terminal !== null))
      throw new Error("something followed the end");
    passed.push(step.pass);
    if (step.terminal !== null) terminals.push(step.terminal);
  }
  expect(terminals.length).toBeLessThanOrEqual(1);
  return {
    passed: Buffer.concat(passed),
    terminal: terminals[0] === undefined ? null : Buffer.from(terminals[0]),
    facts: observer.facts(),
  };
}

/** The first bytes of a stream: everything up to the end of the terminal event, or everything. */
function untilTerminal(stream: Stream, isTerminal: (event: string) => boolean): string[] {
  const at = stream.events.findIndex(isTerminal);
  return stream.events.slice(0, at === -1 ? stream.events.length : at + 1);
}

/** A LF that completes the last CR may come in a piece of its own, after the event was over. */
function expectSame(actual: Buffer, expected: Buffer): void {
  const missing = expected.subarray(actual.length).toString();
  expect(["", "\n"]).toContain(missing);
  expect(actual.equals(expected.subarray(0, actual.length))).toBe(true);
}

const cases: readonly (readonly [string, Dialect, fc.Arbitrary<Stream>, (event: string) => boolean])[] = [
  ["openai-chat", allDialects["openai-chat"], openaiStream, (event) => /^data: ?\[DONE\]/.test(event)],
  [
    "anthropic-messages",
    allDialects["anthropic-messages"],
    anthropicStream,
    (event) => event.startsWith("event: message_stop"),
  ],
];
const cutList = fc.array(fc.nat(5_000), { maxLength: 25 });

describe.each(cases)("%s", (_name, dialect, streams, isTerminal) => {
  test("observing tells what folding tells and passes every byte, at any chunking", () => {
    fc.assert(
      fc.property(streams, cutList, fc.constantFrom(...styles), (stream, cuts, lineEnd) => {
        const bytes = bytesOf(stream.events, lineEnd);
        const seen = observe(
          dialect.observeStream(false),
          bytes,
          cuts.map((cut) => cut % (bytes.length + 1)),
        );
        expect(seen.facts).toEqual(factsOfEvents(dialect.foldStream(bytes)));
        expect(seen.facts.terminal).toBe(stream.hasTerminal);
        expect(seen.terminal !== null).toBe(stream.hasTerminal);
        expectSame(
          Buffer.concat([seen.passed, seen.terminal ?? Buffer.alloc(0)]),
          bytesOf(untilTerminal(stream, isTerminal), lineEnd),
        );
        expect(seen.terminal === null || isTerminal(seen.terminal.toString())).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test("asked to drop the usage chunk, exactly that is missing", () => {
    fc.assert(
      fc.property(streams, cutList, fc.constantFrom(...styles), (stream, cuts, lineEnd) => {
        const bytes = bytesOf(stream.events, lineEnd);
        const seen = observe(
          dialect.observeStream(true),
          bytes,
          cuts.map((cut) => cut % (bytes.length + 1)),
        );
        expect(seen.facts).toEqual(factsOfEvents(dialect.foldStream(bytes)));
        const kept = untilTerminal(
          { ...stream, events: stream.events.filter((_event, index) => index !== stream.usageIndex) },
          isTerminal,
        );
        expectSame(Buffer.concat([seen.passed, seen.terminal ?? Buffer.alloc(0)]), bytesOf(kept, lineEnd));
      }),
      { numRuns: 500 },
    );
  });

  test("every split point of one stream, one and two cuts", () => {
    const [stream] = fc.sample(
      streams.filter(({ events, hasTerminal }) => hasTerminal && events.length > 3 && events.length < 7),
      { numRuns: 1, seed: 7 },
    );
    for (const lineEnd of styles) {
      const bytes = bytesOf(stream?.events ?? [], lineEnd);
      const expected = factsOfEvents(dialect.foldStream(bytes));
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        expect(observe(dialect.observeStream(true), bytes, [cut, Math.min(cut + 3, bytes.length)]).facts).toEqual(
          expected,
        );
      }
      expect(observe(dialect.observeStream(true), bytes, [...bytes.keys()]).facts).toEqual(expected);
    }
  });

  test("a stream cut anywhere is not terminal unless the terminal event came, and only whole events were passed", () => {
    fc.assert(
      fc.property(streams, fc.nat(5_000), fc.constantFrom(...styles), (stream, cut, lineEnd) => {
        const bytes = bytesOf(untilTerminal(stream, isTerminal), lineEnd);
        const part = bytes.subarray(0, cut % (bytes.length + 1));
        const seen = observe(dialect.observeStream(false), part, []);
        expect(seen.facts).toEqual(factsOfEvents(dialect.foldStream(part)));
        expect(seen.facts.terminal).toBe(seen.terminal !== null);
        expect(part.length < bytes.length - 2 && seen.facts.terminal).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});

const delta = (content: string): string =>
  `data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}}}]}\n\n`;

describe("passing", () => {
  const dialect = allDialects["openai-chat"];

  test("hands a chunk of whole events on as the same object", () => {
    const observer = dialect.observeStream(true);
    const chunk = Buffer.from(delta("one") + delta("two"));
    expect(observer.push(chunk).pass).toBe(chunk);
    const terminal = Buffer.from("data: [DONE]\n\n");
    expect(observer.push(terminal)).toEqual({ pass: Buffer.alloc(0), terminal });
    expect(observer.push(chunk)).toEqual({ pass: new Uint8Array(0), terminal: null });
  });

  test("holds back half an event and no more", () => {
    const observer = dialect.observeStream(false);
    const [first, second] = [delta("one"), delta("two")];
    expect(Buffer.from(observer.push(Buffer.from(first + second.slice(0, 20))).pass).toString()).toBe(first);
    expect(observer.push(Buffer.from(second.slice(20, 30))).pass.length).toBe(0);
    expect(Buffer.from(observer.push(Buffer.from(second.slice(30))).pass).toString()).toBe(second);
  });

  test("lets an event too long to hold flow, and still sees what follows", () => {
    for (const lineEnd of styles) {
      const bytes = bytesOf([delta("x".repeat(300_000)).trimEnd(), delta("y").trimEnd(), "data: [DONE]"], lineEnd);
      for (const step of [1_000, 64 * 1024 - 1, 70_001]) {
        const cuts = Array.from({ length: Math.floor(bytes.length / step) }, (_, index) => (index + 1) * step);
        const seen = observe(dialect.observeStream(true), bytes, cuts);
        expectSame(Buffer.concat([seen.passed, seen.terminal ?? Buffer.alloc(0)]), bytes);
        expect(seen.facts.terminal).toBe(true);
        expect(Math.abs(seen.facts.generatedBytes / 300_001 - 1)).toBeLessThan(0.01);
      }
    }
  });

  test("remembers start and end of a long stream and estimates its text", () => {
    const observer = dialect.observeStream(true);
    const events = 20_000;
    for (let index = 0; index < events; index += 1) observer.push(Buffer.from(delta("ten bytes!")));
    observer.push(Buffer.from(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}]}\n\n`));
    observer.push(Buffer.from(`data: {"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":9}}\n\n`));
    observer.push(Buffer.from("data: [DONE]\n\n"));
    const facts = observer.facts();
    expect(facts).toMatchObject({ servedModel: "m", responseId: "c", finishReason: "length", terminal: true });
    expect(facts.usage.tokens).toEqual({ input: 5, output: 9 });
    expect(Math.abs(facts.generatedBytes / (events * 10) - 1)).toBeLessThan(0.01);
  });

  test.each([
    ["data: [DONE]", true],
    ["data: [DONE]\n", true],
    ["data: [DO", false],
    [`data: {"choices":[{"delta":{"content":"[DONE]"}}]}\n`, false],
  ])("at a clean end, %j is terminal: %s", (rest, terminal) => {
    const observer = dialect.observeStream(false);
    observer.push(Buffer.from(delta("one") + rest));
    expect(observer.facts().terminal).toBe(false);
    const found = observer.finish?.() ?? null;
    expect(found === null ? null : Buffer.from(found).toString()).toBe(terminal ? rest : null);
    expect(observer.facts().terminal).toBe(terminal);
  });

  test("a usage that rides on a chunk with text is not dropped", () => {
    const observer = dialect.observeStream(true);
    const chunk = Buffer.from(
      `data: {"choices":[{"delta":{"content":"a"}}],"usage":{"prompt_tokens":5,"completion_tokens":9}}\n\n`,
    );
    expect(Buffer.from(observer.push(chunk).pass).toString()).toBe(chunk.toString());
    expect(observer.facts().usage.tokens).toEqual({ input: 5, output: 9 });
  });
});
