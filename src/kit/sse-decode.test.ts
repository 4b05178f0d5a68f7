import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "./concat-bytes.ts";
import { createSseDecoder, decodeSse, type SseEvent } from "./sse-decode.ts";

fc.configureGlobal({ seed: 7 });

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const dataOf = (text: string): string[] => decodeSse(bytesOf(text)).map((event) => event.data);

/** Decodes with cuts after the given offsets. */
function decodeCut(bytes: Uint8Array, cuts: readonly number[]): SseEvent[] {
  const decoder = createSseDecoder();
  const events: SseEvent[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length].toSorted((one, other) => one - other)) {
    events.push(...decoder.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return events;
}

/** A second, plain reading of the WHATWG rules: the whole text, split into lines by a pattern. */
function decodeByTheBook(bytes: Uint8Array): SseEvent[] {
  const events: SseEvent[] = [];
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\n|\r/);
  lines.pop();
  let event = "";
  let data = "";
  let lastEventId = "";
  for (const line of lines) {
    if (line === "") {
      if (data !== "") events.push({ event: event || "message", data: data.slice(0, -1), lastEventId });
      event = "";
      data = "";
      continue;
    }
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/su.exec(line) ?? [];
    if (name === "data") data += `${value}\n`;
    if (name === "event") event = value;
    if (name === "id" && !value.includes("\0")) lastEventId = value;
  }
  return events;
}

const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const line = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => `data: ${text}`) },
  fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => `data:${text}`),
  fc.constantFrom(
    "data",
    ":comment",
    ": ping",
    "event: x",
    "event:y",
    "id: 7",
    "id:\u0000",
    "retry: 10",
    "unknown: 1",
    "dat",
    "data : x",
  ),
  { weight: 3, arbitrary: fc.constant("") },
);
const stream = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(line, lineEnd), { maxLength: 20 }), line)
  .map(([mark, lines, rest]) => bytesOf(`${mark ? "\uFEFF" : ""}${lines.flat().join("")}${rest}`));

describe("decodeSse", () => {
  test.each([
    ["data: a\n\n", ["a"]],
    ["data:a\r\rdata: b\r\n\r\n", ["a", "b"]],
    ["\uFEFFdata: a\n\n", ["a"]],
    ["data:  a\n\n", [" a"]],
    ["data: a\ndata: b\n\n", ["a\nb"]],
    ["data\n\n", [""]],
    ["data\ndata\n\n", ["\n"]],
    [": ping\n\ndata: a\n\n", ["a"]],
    ["event: x\n\ndata: a\n\n", ["a"]],
    ["data: a\n", []],
    ["data: a", []],
    ["data: a\n\ndata: b\n", ["a"]],
    ["dat: a\n\n", []],
  ])("%j", (text, expected) => {
    expect(dataOf(text)).toEqual(expected);
  });

  test("reads event, id and retry", () => {
    const decoder = createSseDecoder();
    const events = decoder.push(bytesOf("event: x\nid: 1\ndata: a\n\nretry: 20x\nretry: 1500\nid: 2\0\ndata: b\n\n"));
    expect(events).toEqual([
      { event: "x", data: "a", lastEventId: "1" },
      { event: "message", data: "b", lastEventId: "1" },
    ]);
    expect(decoder.retryMs).toBe(1500);
  });

  test("replaces broken UTF-8 the same way wherever it is cut", () => {
    const bytes = concatBytes([bytesOf("data: "), new Uint8Array([0xf0, 0x9f, 0x41, 0xc3]), bytesOf("\n\n")]);
    const whole = decodeSse(bytes);
    expect(whole[0]?.data).toBe("\uFFFDA\uFFFD");
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(decodeCut(bytes, [cut])).toEqual(whole);
  });

  test("agrees with a plain reading of the standard", () => {
    fc.assert(
      fc.property(stream, (bytes) => void expect(decodeSse(bytes)).toEqual(decodeByTheBook(bytes))),
      { numRuns: 500 },
    );
  });
});

describe("any chunking gives identical events", () => {
  test("every split point, every line end, UTF-8 cut anywhere", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const lines = [
        "\uFEFFevent: ä",
        "data: 🙂é",
        "data: x",
        "",
        ": ✓",
        "id: ß",
        "data:{}",
        "",
        "",
        "data: unfinished",
      ];
      const bytes = bytesOf(lines.join(end));
      const whole = decodeSse(bytes);
      expect(whole.length).toBe(2);
      for (let first = 0; first <= bytes.length; first += 1) {
        for (let second = first; second <= bytes.length; second += 1) {
          expect(decodeCut(bytes, [first, second])).toEqual(whole);
        }
      }
      expect(decodeCut(bytes, [...bytes.keys()])).toEqual(whole);
    }
  });

  test("random streams, random cuts", () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(300), { maxLength: 12 }), (bytes, cuts) => {
        const inside = cuts.map((cut) => cut % (bytes.length + 1));
        expect(decodeCut(bytes, inside)).toEqual(decodeSse(bytes));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the limit of one event", () => {
  test("holds for a line without end and for many data lines, and resets with each event", () => {
    const endless = createSseDecoder(100);
    expect(() => endless.push(bytesOf(`data: ${"x".repeat(200)}`))).toThrow(/more than 100 characters/);
    const many = createSseDecoder(100);
    expect(() => many.push(bytesOf("data: 0123456789\n".repeat(20)))).toThrow(/more than 100 characters/);
    const short = createSseDecoder(100);
    expect(short.push(bytesOf("data: 0123456789\n\n".repeat(200))).length).toBe(200);
  });
});
