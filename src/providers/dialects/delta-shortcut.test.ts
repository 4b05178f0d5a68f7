import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StreamEvent } from "../../spec/stream-event.ts";
import { allDialects } from "./all-dialects.ts";
import { DeltaShortcut } from "./delta-shortcut.ts";

fc.configureGlobal({ seed: 7 });

const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("id", "content", "m", "c1", 'a"b', "\\", "\n", "null", '","', "stop", "obfuscation", "x"),
);
const chunkOf = (delta: object, more: object): string =>
  JSON.stringify({ id: "c1", model: "m", choices: [{ index: 0, delta, finish_reason: null }], ...more });
const openaiChunk = fc
  .tuple(fc.constantFrom("content", "reasoning", "refusal"), text, fc.option(text, { nil: undefined }), fc.boolean())
  .map(([field, value, padding, first]) =>
    chunkOf(
      first ? { role: "assistant", [field]: value } : { [field]: value },
      padding === undefined ? {} : { obfuscation: padding },
    ),
  );
const anthropicChunk = fc
  .tuple(fc.constantFrom("text", "thinking", "partial_json"), text, fc.nat(1))
  .map(([field, value, index]) =>
    JSON.stringify({ type: "content_block_delta", index, delta: { type: `${field}_delta`, [field]: value } }),
  );

const isNoStart = (event: StreamEvent): boolean => event.type !== "reply-start";

const parse = (data: string): StreamEvent | null => {
  const document = JSON.parse(data) as { choices: { delta: { content: string } }[] };
  return { type: "text-delta", text: document.choices[0]?.delta.content ?? "" };
};

describe("reading by form gives what parsing gives", () => {
  test.each([
    ["openai-chat" as const, openaiChunk],
    ["anthropic-messages" as const, anthropicChunk],
  ])("%s", (name, chunk) => {
    const fold = (chunks: readonly string[]): readonly StreamEvent[] =>
      allDialects[name].foldStream(Buffer.from(chunks.map((data) => `data: ${data}\n\n`).join("")));
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        // One stream for each chunk has no form to read by; only a start of reply is repeated.
        const parsed = chunks.flatMap((data) => fold([data]));
        expect(fold(chunks).filter(isNoStart)).toEqual(parsed.filter(isNoStart));
      }),
      { numRuns: 1_000 },
    );
  });
});

const learned = (data: string): DeltaShortcut => {
  const shortcut = new DeltaShortcut();
  const event = parse(data);
  if (event !== null) shortcut.learn(data, event, parse);
  return shortcut;
};

describe("the form", () => {
  test("fits other texts and other paddings", () => {
    const shortcut = learned(chunkOf({ content: "one" }, { obfuscation: "xY1" }));
    expect(shortcut.read(chunkOf({ content: "another é" }, { obfuscation: "" }))).toEqual({
      type: "text-delta",
      text: "another é",
    });
  });

  test.each([
    ["an escape", chunkOf({ content: "a\nb" }, {})],
    ["no text", chunkOf({ content: "" }, {})],
    ["another field", chunkOf({ content: "a", role: "x" }, {})],
    ["a usage", chunkOf({ content: "a" }, { usage: {} })],
    ["another end", `${chunkOf({ content: "a" }, {})} `],
    ["half of it", chunkOf({ content: "a" }, {}).slice(0, -5)],
  ])("does not fit %s", (_name, data) => {
    expect(learned(chunkOf({ content: "one" }, {})).read(data)).toBeNull();
  });

  test("is not taken when the text stands twice or the probe reads otherwise", () => {
    expect(learned(chunkOf({ content: "m" }, {})).read(chunkOf({ content: "a" }, {}))).toBeNull();
    const shortcut = new DeltaShortcut();
    const data = chunkOf({ content: "one" }, {});
    shortcut.learn(data, { type: "text-delta", text: "one" }, () => ({ type: "text-delta", text: "other" }));
    expect(shortcut.read(data)).toBeNull();
  });
});
