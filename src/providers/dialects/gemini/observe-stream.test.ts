import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamFacts, StreamObserver } from "../../../spec/dialect.ts";
import { factsOfEvents } from "../facts-of-events.ts";
import { foldStream } from "./fold-stream.ts";
import { observeStream } from "./observe-stream.ts";

fc.configureGlobal({ seed: 7 });

const words = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom("finishReason", "\n\n", `"finishReason":"STOP"`, "é🙂", "data: {}\r\n\r\n"),
);
const part = fc.oneof(
  words.map((text) => ({ text })),
  words.map((text) => ({ text, thought: true })),
  fc.constant({ functionCall: { name: "f", args: { a: "b" } }, thoughtSignature: "c2ln" }),
  fc.constant({ text: "", thoughtSignature: "c2ln" }),
);
const chunk = fc
  .record({
    parts: fc.array(part, { maxLength: 3 }),
    index: fc.nat(1),
    finish: fc.option(fc.constantFrom("STOP", "MAX_TOKENS", "OTHER"), { freq: 2 }),
    usage: fc.option(fc.record({ promptTokenCount: fc.nat(99), candidatesTokenCount: fc.nat(99) })),
  })
  .map(({ parts, index, finish, usage }) => ({
    candidates: [{ content: { parts, role: "model" }, ...(finish === null ? {} : { finishReason: finish }), index }],
    ...(usage === null ? {} : { usageMetadata: usage }),
    modelVersion: "gemini-3.7-flash",
    responseId: "r1",
  }));
const event = fc.oneof(
  { weight: 8, arbitrary: chunk.map((document) => `data: ${JSON.stringify(document)}`) },
  { weight: 1, arbitrary: fc.constantFrom(": ping", "data: [1]", "data: nonsense", "event: x", "data: [DONE]") },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      `data: {"error":{"code":503,"message":"Overloaded","status":"UNAVAILABLE"}}`,
      `data: {"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":4}}`,
      `data: {"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":6}}`,
    ),
  },
);
const stream = fc.array(event, { maxLength: 8 });
const styles = ["\n", "\r\n", "\r"] as const;
const cutList = fc.array(fc.nat(4_000), { maxLength: 20 });

function bytesOf(events: readonly string[], lineEnd: string): Buffer {
  return Buffer.from(events.map((text) => `${text}${lineEnd}${lineEnd}`).join(""));
}

interface Observed {
  readonly passed: Buffer;
  readonly terminal: Buffer | null;
  readonly before: StreamFacts;
  readonly facts: StreamFacts;
}

function observe(observer: StreamObserver, bytes: Uint8Array, cuts: readonly number[]): Observed {
  const passed: Uint8Array[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length].toSorted((one, other) => one - other)) {
    const step = observer.push(bytes.subarray(from, cut));
    expect(step.terminal).toBeNull();
    passed.push(step.pass);
    from = cut;
  }
  const before = observer.facts();
  const terminal = observer.finish?.() ?? null;
  return {
    passed: Buffer.concat(passed),
    terminal: terminal === null ? null : Buffer.from(terminal),
    before,
    facts: observer.facts(),
  };
}

function chunksIn(bytes: Uint8Array): number {
  return Buffer.from(bytes)
    .toString()
    .split(/\r\n\r\n|\n\n|\r\r/)
    .filter((text) => text.startsWith("data: {")).length;
}

describe("observing", () => {
  test("tells what folding tells, and every byte leaves once and in order, at any chunking", () => {
    fc.assert(
      fc.property(stream, cutList, fc.constantFrom(...styles), (events, cuts, lineEnd) => {
        const bytes = bytesOf(events, lineEnd);
        const seen = observe(
          observeStream(false),
          bytes,
          cuts.map((cut) => cut % (bytes.length + 1)),
        );
        const expected = factsOfEvents(foldStream(bytes));
        expect(seen.facts).toEqual(expected);
        expect(seen.before).toEqual({ ...expected, terminal: false });
        expect(seen.terminal !== null).toBe(expected.terminal);
        expect(Buffer.concat([seen.passed, seen.terminal ?? Buffer.alloc(0)]).equals(bytes)).toBe(true);
        expect(seen.terminal === null || chunksIn(seen.terminal) === 1).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  test("a stream cut in the middle of its last chunk is not terminal and gives out no half event", () => {
    fc.assert(
      fc.property(stream, fc.nat(), fc.constantFrom(...styles), (events, cut, lineEnd) => {
        const bytes = bytesOf(events, lineEnd);
        const partial = bytes.subarray(0, cut % (bytes.length + 1));
        const observer = observeStream(false);
        const passed = Buffer.from(observer.push(partial).pass);
        expect(partial.subarray(0, passed.length).equals(passed)).toBe(true);
        expect(chunksIn(passed)).toBe(chunksIn(Buffer.concat([passed, Buffer.from("\n\n")])));
        expect(observer.facts().terminal).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  test("every split point of one stream", () => {
    const [events] = fc.sample(
      stream.filter((list) => list.length > 3 && foldStream(bytesOf(list, "\n")).at(-1)?.type === "reply-end"),
      { numRuns: 1, seed: 7 },
    );
    for (const lineEnd of styles) {
      const bytes = bytesOf(events ?? [], lineEnd);
      const expected = factsOfEvents(foldStream(bytes));
      expect(expected.terminal).toBe(true);
      for (let cut = 0; cut <= bytes.length; cut += 1) {
        expect(observe(observeStream(true), bytes, [cut, Math.min(cut + 3, bytes.length)]).facts).toEqual(expected);
      }
      expect(observe(observeStream(true), bytes, [...bytes.keys()]).facts).toEqual(expected);
    }
  });
});

const print = (document: object): string => `data: ${JSON.stringify(document)}\n\n`;
const text = (words_: string, more: object = {}): string =>
  print({ candidates: [{ content: { parts: [{ text: words_ }], role: "model" }, index: 0, ...more }] });
const push = (observer: StreamObserver, chunk_: string): string =>
  Buffer.from(observer.push(Buffer.from(chunk_)).pass).toString();
const finish = (observer: StreamObserver): string | null => {
  const last = observer.finish?.() ?? null;
  return last === null ? null : Buffer.from(last).toString();
};

describe("the chunk that may be the last", () => {
  test("is held, and leaves when the stream ends", () => {
    const observer = observeStream(false);
    const last = text("b", { finishReason: "STOP" });
    const first = Buffer.from(text("a"));
    expect(observer.push(first).pass).toBe(first);
    expect(push(observer, last)).toBe("");
    expect(finish(observer)).toBe(last);
    expect(push(observer, last)).toBe("");
    expect(finish(observer)).toBeNull();
  });

  test("passes when another one comes, reason or not", () => {
    const observer = observeStream(false);
    const [one, two] = [text("a", { finishReason: "STOP" }), text("b", { finishReason: "STOP" })];
    const usage = print({ usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4 } });
    expect(push(observer, one + two)).toBe(one);
    expect(push(observer, `${usage}: ping\n\n`)).toBe(two);
    expect(finish(observer)).toBe(`${usage}: ping\n\n`);
    expect(observer.facts()).toMatchObject({ terminal: true, finishReason: "stop", usage: { tokens: { input: 3 } } });
  });

  test("waits for every candidate that has begun", () => {
    const observer = observeStream(false);
    const done = print({ candidates: [{ finishReason: "STOP" }, { index: 1, content: { parts: [{ text: "x" }] } }] });
    expect(push(observer, done)).toBe(done);
    const other = print({ candidates: [{ index: 1, finishReason: "MAX_TOKENS" }] });
    expect(push(observer, other)).toBe("");
    expect(finish(observer)).toBe(other);
    expect(observer.facts().finishReason).toBe("length");
  });

  test("a stream without a reason is cut off, and so is one with an error", () => {
    const observer = observeStream(false);
    push(observer, text("a"));
    expect(finish(observer)).toBeNull();
    expect(observer.facts().terminal).toBe(false);
    const failed = observeStream(false);
    const last = text("b", { finishReason: "STOP" });
    const error = print({ error: { code: 503, message: "Overloaded", status: "UNAVAILABLE" } });
    expect(push(failed, last + error)).toBe(last + error);
    expect(finish(failed)).toBeNull();
    expect(failed.facts()).toMatchObject({ terminal: false, errored: true });
  });

  test("counts although its blank line is missing; half a chunk does not", () => {
    const last = text("b", { finishReason: "STOP" }).trimEnd();
    const whole = observeStream(false);
    push(whole, last);
    expect(finish(whole)).toBe(last);
    const half = observeStream(false);
    push(half, last.slice(0, -1));
    expect(finish(half)).toBeNull();
    const both = observeStream(false);
    push(both, `${last}\n\n${text("c").slice(0, 20)}`);
    expect(finish(both)).toBe(`${last}\n\n`);
  });

  test("a blocked prompt ends the stream", () => {
    const observer = observeStream(false);
    const blocked = print({
      promptFeedback: { blockReason: "PROHIBITED_CONTENT" },
      usageMetadata: { promptTokenCount: 9 },
    });
    expect(push(observer, blocked)).toBe("");
    expect(finish(observer)).toBe(blocked);
    expect(observer.facts()).toMatchObject({ finishReason: "content-filter", usage: { tokens: { input: 9 } } });
  });
});

describe("long events", () => {
  test("a picture of some megabytes is held, read and given out whole", () => {
    const observer = observeStream(false);
    const inlineData = { mimeType: "image/png", data: "A".repeat(3_000_000) };
    const event_ = Buffer.from(
      print({
        candidates: [{ content: { parts: [{ inlineData }] }, finishReason: "STOP" }],
        usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1_290 },
      }),
    );
    const seen = observe(
      observer,
      event_,
      Array.from({ length: 46 }, (_, index) => index * 65_536),
    );
    expect(seen.passed.length).toBe(0);
    expect(seen.terminal?.equals(event_)).toBe(true);
    expect(seen.facts.usage.tokens).toEqual({ input: 5, output: 1_290 });
  });

  test("one that is longer flows on unread, and what follows is seen", () => {
    const long = text("A".repeat(17 * 1024 * 1024));
    const last = text("b", { finishReason: "STOP" });
    for (const lineEnd of ["\n", "\r\n"]) {
      const bytes = Buffer.from((text("a", { finishReason: "STOP" }) + long + last).replaceAll("\n", lineEnd));
      const cuts = Array.from({ length: Math.floor(bytes.length / 1_000_001) }, (_, index) => (index + 1) * 1_000_001);
      const seen = observe(observeStream(false), bytes, cuts);
      expect(Buffer.concat([seen.passed, seen.terminal ?? Buffer.alloc(0)]).equals(bytes)).toBe(true);
      expect(seen.terminal?.toString()).toBe(last.replaceAll("\n", lineEnd));
      expect(Math.abs(seen.facts.generatedBytes / (17 * 1024 * 1024) - 1)).toBeLessThan(0.01);
    }
  });
});
