import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelRequest } from "../../../spec/request.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { Asked } from "../../../spec/codec.ts";
import type { Usage } from "../../../spec/usage.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { decodeSse } from "../../../kit/sse-decode.ts";
import type { Says } from "../../translation/concepts.ts";
import { answerArbitrary, eventsArbitrary } from "../../translation/test-answers.ts";
import { answerOfEvents } from "../../translation/test-answer-of-events.ts";
import { conversationArbitrary, settingsArbitrary } from "../../translation/test-conversations.ts";
import { codec } from "./codec.ts";
import { fields } from "./fields.ts";
import { foldStream } from "./fold-stream.ts";
import { readRequest } from "./read-request.ts";
import { readUsage } from "./read-usage.ts";
import { writeUsage } from "./write-usage.ts";

fc.configureGlobal({ seed: 7 });

/** What is said exactly; the rest comes back as something near. */
const kept = Object.fromEntries(Object.entries(fields.says).filter(([, how]) => how === "kept")) as Says;
const numRuns = 300;
const requestOf = (document: unknown, model: string, stream: boolean): ModelRequest =>
  readRequest(document, 0, { model, stream });
const asked: Asked = { request: requestOf({ contents: [] }, "asked-model", true), requestId: "req_1", nowS: 5 };

describe("laws", () => {
  test("a conversation that is written is read again", () => {
    fc.assert(
      fc.property(conversationArbitrary(kept), fc.boolean(), (generated, isNew) => {
        const model = isNew ? "gemini-3.7-flash" : "gemini-2.5-flash";
        const conversation = { ...generated, model };
        const { body, dropped } = codec.writeConversation(conversation, { quirks: noQuirks });
        const printed: unknown = JSON.parse(JSON.stringify(body));
        const reading = codec.readConversation(requestOf(printed, model, conversation.stream));
        expect(reading).toEqual({ conversation, dropped: [] });
        expect(dropped).toEqual([]);
      }),
      { numRuns },
    );
  });

  test("settings that have something near are read as that", () => {
    const shape = { serviceTiers: ["default", "flex", "priority"] };
    const says: Says = { "service-tier": "kept", "reasoning-show": "kept", text: "kept", temperature: "kept" };
    fc.assert(
      fc.property(settingsArbitrary(says, shape), fc.constantFrom("low", "medium", "high", null), (some, effort) => {
        const reasoning = { effort, budgetTokens: null, show: true };
        const conversation = {
          model: "gemini-4-argon",
          stream: false,
          system: [],
          turns: [],
          tools: [],
          settings: { ...some, reasoning },
        };
        const { body } = codec.writeConversation(conversation, { quirks: noQuirks });
        expect(codec.readConversation(requestOf(body, "gemini-4-argon", false)).conversation).toEqual(conversation);
      }),
      { numRuns },
    );
  });

  test("an answer that is written is read again", () => {
    fc.assert(
      fc.property(answerArbitrary(kept), (answer) => {
        const body = Buffer.from(JSON.stringify(codec.writeAnswer(answer, asked)));
        expect(codec.readAnswer(body, noQuirks)).toEqual(answer);
      }),
      { numRuns },
    );
  });

  test("what is streamed is what is answered whole, for the reader, the fold and Google's own client", () => {
    fc.assert(
      fc.property(eventsArbitrary(kept), fc.integer({ min: 1, max: 5 }), ({ answer, events }, size) => {
        const writer = codec.openWriter(asked);
        let text = "";
        for (let at = 0; at < events.length - 1; at += size) text += writer.write(events.slice(at, at + size));
        text += writer.end();
        const bytes = Buffer.from(text);
        const reader = codec.openReader(noQuirks);
        const read: StreamEvent[] = [];
        for (const { event, data } of decodeSse(bytes)) {
          const chunk = JSON.parse(data);
          // An empty content breaks the chats of js-genai.
          expect(chunk.candidates[0].content.parts[0]).toBeTypeOf("object");
          read.push(...reader.read(event, data));
        }
        read.push(...reader.finish());
        expect(answerOfEvents(read)).toEqual(answer);
        expect(read.filter(({ type }) => type === "reply-end" || type === "finish")).toHaveLength(2);
        expect(read.at(-1)).toEqual({ type: "reply-end" });
        expect(answerOfEvents(foldStream(bytes))).toEqual(answer);
      }),
      { numRuns },
    );
  });

  test("a stream that Google's client kept chunk by chunk comes back as the answer it was", () => {
    const { "part-signature": _signed, ...unsigned } = kept;
    fc.assert(
      fc.property(eventsArbitrary(unsigned), ({ answer, events }) => {
        const writer = codec.openWriter(asked);
        const chunks = decodeSse(Buffer.from(writer.write(events.slice(0, -1)) + writer.end()));
        const contents = chunks.map(({ data }) => JSON.parse(data).candidates[0].content);
        const { turns } = codec.readConversation(requestOf({ contents }, "m", false)).conversation;
        const parts = turns.flatMap((turn) => turn.parts).filter((part) => part.type !== "text" || part.text !== "");
        expect(parts).toEqual(answer.parts);
        expect(turns.map(({ role }) => role)).toEqual(["assistant"]);
      }),
      { numRuns },
    );
  });

  test("a usage that is written has Google's sums and is read again", () => {
    const classes = ["input", "cacheRead", "output", "reasoning", "audioInput", "audioOutput", "imageInput"];
    const counts = fc.record(Object.fromEntries(classes.map((name) => [name, fc.nat(9_999)])), {
      requiredKeys: ["input", "output"],
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(counts, fc.nat(99), (tokens, written) => {
        const usage: Usage = { source: "provider", tokens };
        const metadata = writeUsage(usage) ?? {};
        expect(readUsage(metadata)).toEqual(usage);
        const sum = Object.values(tokens).reduce<number>((total, count) => total + (count ?? 0), 0);
        const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount = 0 } = metadata as Record<string, number>;
        expect(metadata["totalTokenCount"]).toBe(sum);
        expect((promptTokenCount ?? 0) + (candidatesTokenCount ?? 0) + thoughtsTokenCount).toBe(sum);
        // Writes to a cache, which Google does not count apart, are fresh input there.
        const withWrites = readUsage(
          writeUsage({ ...usage, tokens: { ...tokens, cacheWrite5m: written } }) ?? undefined,
        );
        expect(withWrites.tokens.input).toBe((tokens["input"] ?? 0) + written);
      }),
      { numRuns },
    );
  });
});

test("only streams are asked for as events", () => {
  expect([codec.callQuery(true), codec.callQuery(false)]).toEqual(["?alt=sse", ""]);
});

test("the table names every field once and says what it carries", () => {
  const said = new Set(Object.keys(fields.says));
  for (const [field, fate] of Object.entries({ ...fields.request, ...fields.reply })) {
    // Names of documents are read, and not written: Google shows them to no model.
    const isSaid = !("concept" in fate) || said.has(fate.concept) || fate.concept === "document-name";
    expect([field, isSaid]).toEqual([field, true]);
  }
});
