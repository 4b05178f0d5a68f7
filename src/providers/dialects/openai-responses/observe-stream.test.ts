import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamFacts, StreamObserver } from "../../../spec/dialect.ts";
import { factsOfEvents } from "../facts-of-events.ts";
import { openaiResponses as dialect } from "./dialect.ts";

fc.configureGlobal({ seed: 7 });

const words = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom(
    "response.completed",
    `"response"`,
    `{"type":"response.completed","response":{}}`,
    "event: response.completed\n\n",
    "\n\n",
    "\r\n",
    "é🙂",
  ),
);
const count = fc.nat(5_000);
const deltaKinds = [
  "response.output_text.delta",
  "response.refusal.delta",
  "response.reasoning_summary_text.delta",
  "response.function_call_arguments.delta",
  "response.custom_tool_call_input.delta",
];
const delta = fc
  .tuple(fc.constantFrom(...deltaKinds), words, fc.nat(2))
  .map(([type, text, place]) => ({ type, item_id: "i", output_index: place, content_index: 0, delta: text }));
const item = fc
  .tuple(
    fc.constantFrom("response.output_item.added", "response.output_item.done"),
    fc.constantFrom("message", "function_call", "reasoning", "web_search_call"),
    fc.nat(2),
    words,
  )
  .map(([type, kind, place, text]) => ({
    type,
    output_index: place,
    item: { id: "i", type: kind, call_id: "c", name: "f", arguments: text, summary: [], encrypted_content: text },
  }));
const other = fc.constantFrom<{ type: string }[]>(
  { type: "keepalive" },
  { type: "response.in_progress", response: { id: "resp_1", model: "m", output: [] } } as { type: string },
  { type: "response.novel" },
);

interface Stream {
  readonly events: readonly string[];
  readonly hasTerminal: boolean;
}

const stream: fc.Arbitrary<Stream> = fc
  .record({
    named: fc.boolean(),
    events: fc.array(fc.oneof({ weight: 5, arbitrary: delta }, item, other), { maxLength: 12 }),
    end: fc.option(fc.constantFrom("completed", "incomplete", "failed")),
    usage: fc.option(fc.record({ input_tokens: count, output_tokens: count })),
    error: fc.boolean(),
    answer: words,
    after: fc.array(fc.constantFrom("data: [DONE]", ": late"), { maxLength: 2 }),
  })
  .map(({ named, events, end, usage, error, answer, after }) => {
    const print = (document: object, index: number): string => {
      const { type } = document as { type: string };
      const data = `data: ${JSON.stringify({ ...document, sequence_number: index })}`;
      return named ? `event: ${type}\n${data}` : data;
    };
    const documents: object[] = [{ type: "response.created", response: { id: "resp_1", model: "m" } }, ...events];
    if (error) documents.push({ type: "error", error: { type: "server_error", message: "Overloaded" } });
    const output = [{ type: "message", content: [{ type: "output_text", text: answer }] }];
    const failure = { code: "server_error", message: "x" };
    if (end !== null) {
      const response = { id: "resp_1", model: "m", status: end, usage, output, error: failure };
      documents.push({ type: `response.${end}`, response });
    }
    const texts = documents.map(print);
    return { events: end === null ? texts : [...texts, ...after], hasTerminal: end !== null };
  });

const styles = ["\n", "\r\n", "\r"] as const;

function bytesOf(events: readonly string[], lineEnd: string): Buffer {
  return Buffer.from(events.map((event) => `${event.replaceAll("\n", lineEnd)}${lineEnd}${lineEnd}`).join(""));
}

interface Observed {
  /** Everything that was given out, the terminal event included. */
  readonly given: Buffer;
  readonly terminal: string | null;
  readonly facts: StreamFacts;
}

function observe(observer: StreamObserver, bytes: Uint8Array, cuts: readonly number[]): Observed {
  const given: Uint8Array[] = [];
  let terminal: Uint8Array | null = null;
  let from = 0;
  for (const cut of [...cuts, bytes.length].toSorted((one, next) => one - next)) {
    const step = observer.push(bytes.subarray(from, cut));
    from = cut;
    if (terminal !== null && (step.pass.length > 0 || step.terminal !== null)) throw new Error("more after the end");
    given.push(step.pass);
    terminal ??= step.terminal;
  }
  if (terminal !== null) given.push(terminal);
  return {
    given: Buffer.concat(given),
    terminal: terminal === null ? null : Buffer.from(terminal).toString(),
    facts: observer.facts(),
  };
}

/** A LF that completes the last CR may come in a piece of its own, after the event was over. */
function expectSame(actual: Buffer, expected: Buffer): void {
  expect(["", "\n"]).toContain(expected.subarray(actual.length).toString());
  expect(actual.equals(expected.subarray(0, actual.length))).toBe(true);
}

const isEnd = (event: string): boolean => /"type":"response\.(completed|incomplete|failed)",/.test(event);
const untilEnd = ({ events, hasTerminal }: Stream): readonly string[] =>
  hasTerminal ? events.slice(0, 1 + events.findLastIndex(isEnd)) : events;
const cutList = fc.array(fc.nat(5_000), { maxLength: 25 });

describe("observing a stream", () => {
  test("tells what folding tells and passes every byte, at any chunking", () => {
    fc.assert(
      fc.property(stream, cutList, fc.constantFrom(...styles), (generated, cuts, lineEnd) => {
        const bytes = bytesOf(generated.events, lineEnd);
        const inside = cuts.map((cut) => cut % (bytes.length + 1));
        const seen = observe(dialect.observeStream(true), bytes, inside);
        expect(seen.facts).toEqual(factsOfEvents(dialect.foldStream(bytes)));
        expect(seen.facts.terminal).toBe(generated.hasTerminal);
        expect(seen.terminal !== null).toBe(generated.hasTerminal);
        expectSame(seen.given, bytesOf(untilEnd(generated), lineEnd));
      }),
      { numRuns: 500 },
    );
  });

  test("cut anywhere, it is terminal only with the whole terminal event", () => {
    fc.assert(
      fc.property(stream, fc.nat(5_000), fc.constantFrom(...styles), (generated, cut, lineEnd) => {
        const bytes = bytesOf(untilEnd(generated), lineEnd);
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

const textDelta = (text: string): string =>
  `event: response.output_text.delta\ndata: ${JSON.stringify({ type: "response.output_text.delta", output_index: 0, delta: text })}`;
const completed = (text: string): string => {
  const output = [{ type: "message", content: [{ type: "output_text", text }] }];
  const response = { id: "resp_1", model: "m", output, usage: { input_tokens: 5, output_tokens: 9 } };
  return `event: response.completed\ndata: ${JSON.stringify({ type: "response.completed", response })}`;
};

const cutEvery = (length: number, step: number): number[] =>
  Array.from({ length: Math.floor(length / step) }, (_, index) => (index + 1) * step);

test("a terminal event far longer than any other is still known as terminal", () => {
  for (const lineEnd of styles) {
    const end = completed("x".repeat(300_000));
    const bytes = bytesOf([textDelta("Hello"), end], lineEnd);
    for (const step of [1_000, 64 * 1024 - 1, 70_001]) {
      const seen = observe(dialect.observeStream(false), bytes, cutEvery(bytes.length, step));
      expectSame(seen.given, bytes);
      expect(seen.terminal).toContain("event: response.completed");
      expect(seen.facts).toMatchObject({ terminal: true, finishReason: "stop", responseId: "resp_1" });
      expect(seen.facts.usage.tokens).toEqual({ input: 5, output: 9 });
    }
  }
});

describe("long events", () => {
  test("any other long event flows on as it comes, and what follows is seen", () => {
    for (const lineEnd of styles) {
      const bytes = bytesOf([textDelta("x".repeat(300_000)), textDelta("y"), completed("z".repeat(100_000))], lineEnd);
      const observer = dialect.observeStream(false);
      const first = observer.push(bytes.subarray(0, 100_000));
      expect(first.pass.length).toBeGreaterThan(99_000);
      const seen = observe(dialect.observeStream(false), bytes, cutEvery(bytes.length, 33_333));
      expectSame(seen.given, bytes);
      expect(seen.facts).toMatchObject({ terminal: true, usage: { source: "provider" } });
    }
  });

  test("a chunk of whole events is handed on as the same object", () => {
    const observer = dialect.observeStream(true);
    const chunk = bytesOf([textDelta("one"), textDelta(`two "response"`)], "\n");
    expect(observer.push(chunk).pass).toBe(chunk);
  });

  test.each([
    [completed("x"), true],
    [`${completed("x")}\n`, true],
    [completed("x").slice(0, -5), false],
    [textDelta("response.completed"), false],
  ])("at a clean end, %j is terminal: %s", (rest, terminal) => {
    const observer = dialect.observeStream(false);
    observer.push(Buffer.from(`${textDelta("one")}\n\n${rest}`));
    expect(observer.facts().terminal).toBe(false);
    const found = observer.finish?.() ?? null;
    expect(found === null ? null : Buffer.from(found).toString()).toBe(terminal ? rest : null);
    expect(observer.facts().terminal).toBe(terminal);
  });
});
