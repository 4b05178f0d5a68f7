import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSse } from "../../../kit/sse-decode.ts";
import { FarthingError } from "../../../kit/farthing-error.ts";
import type { Answer, Conversation, Part } from "../../../spec/conversation.ts";
import type { JsonValue } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { Asked } from "../../../spec/codec.ts";
import type { Usage } from "../../../spec/usage.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { concepts, type Says } from "../../translation/concepts.ts";
import { answerArbitrary, eventsArbitrary } from "../../translation/test-answers.ts";
import { answerOfEvents } from "../../translation/test-answer-of-events.ts";
import { conversationArbitrary } from "../../translation/test-conversations.ts";
import type { Shape } from "../../translation/test-parts.ts";
import { factsOfEvents } from "../facts-of-events.ts";
import { codec } from "./codec.ts";
import { fields } from "./fields.ts";
import { foldStream } from "./fold-stream.ts";
import { readReply } from "./read-reply.ts";
import { readRequest } from "./read-request.ts";

fc.configureGlobal({ seed: 7 });

/** What is approximated does not come back as it was; it has tests of its own. */
const says: Says = Object.fromEntries(Object.entries(fields.says).filter(([, how]) => how === "kept"));
const shape: Shape = {
  efforts: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
  // The vendor takes a file's bytes only with a name, so one is given to those that have none.
  documentsHaveNames: true,
  finishes: ["stop", "length", "content-filter"],
  tokenClasses: ["input", "cacheRead", "cacheWrite30m", "cacheWriteLonger", "output", "reasoning"],
};
const requestOf = (body: unknown): ModelRequest => readRequest(body, 1);
const asked: Asked = {
  request: requestOf({ model: "asked", input: "Hi", stream: true }),
  requestId: "fr_1",
  nowS: 1_700_000_000,
};
const bytesOf = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

/** Fails the test when anything inside is written to. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) frozen(member);
  }
  return value;
}

function readBack(conversation: Conversation): Conversation {
  const writing = codec.writeConversation(frozen(conversation), { quirks: noQuirks });
  expect([writing.dropped, writing.approximated]).toEqual([[], []]);
  const reading = codec.readConversation(frozen(requestOf(JSON.parse(JSON.stringify(writing.body)))));
  expect(reading.dropped).toEqual(["store"]);
  return reading.conversation;
}

/** Reads a stream event by event, as a gateway does. */
function readStream(text: string): readonly StreamEvent[] {
  const reader = codec.openReader(noQuirks);
  const events = decodeSse(Buffer.from(text)).flatMap(({ event, data }) => reader.read(event, data));
  return [...events, ...reader.finish()];
}

function written(events: readonly StreamEvent[]): string {
  const writer = codec.openWriter(asked);
  return events.map((event) => writer.write([event])).join("") + writer.end();
}

/** A class that counts nothing says as much as one that is absent. */
function withoutZeros(usage: Usage): Usage {
  const tokens = Object.fromEntries(Object.entries(usage.tokens).filter(([, count]) => count > 0));
  return { ...usage, tokens };
}

const counted = (answer: Answer): Answer => ({ ...answer, usage: withoutZeros(answer.usage) });

/** A stream must name an item before the id of its thinking is known. */
const withoutReasoningIds = (answer: Answer): Answer => ({
  ...counted(answer),
  parts: answer.parts.map((part): Part => (part.type === "reasoning" ? { ...part, id: null } : part)),
});

describe("laws", () => {
  test("what was written reads as what was said", () => {
    fc.assert(
      fc.property(conversationArbitrary(says, shape), (conversation) => {
        expect(readBack(conversation)).toEqual(conversation);
      }),
      { numRuns: 500 },
    );
  });

  test("an answer written reads as the answer", () => {
    fc.assert(
      fc.property(answerArbitrary(says, shape).filter(hasDistinctIds), (answer) => {
        const body = bytesOf(codec.writeAnswer(frozen(answer), asked));
        const read = codec.readAnswer(body, noQuirks);
        expect(read === null ? null : counted(read)).toEqual(counted(answer));
        expect(readReply(body)).toMatchObject({ finishReason: answer.finish, responseId: answer.id });
      }),
      { numRuns: 500 },
    );
  });

  test("a stream written reads as the answer, by reader and by folding, and ends once", () => {
    fc.assert(
      fc.property(eventsArbitrary(says, shape), ({ answer, events }) => {
        const text = written(events);
        const read = readStream(text);
        expect(withoutReasoningIds(answerOfEvents(read))).toEqual(withoutReasoningIds(answer));
        expect(answerOfEvents(foldStream(Buffer.from(text)))).toEqual(answerOfEvents(read));
        expect(read.filter(({ type }) => type === "reply-end")).toEqual([{ type: "reply-end" }]);
        expect(read.at(-1)?.type).toBe("reply-end");
        const facts = factsOfEvents(events);
        expect(factsOfEvents(read)).toMatchObject({ ...facts, usage: { source: facts.usage.source } });
      }),
      { numRuns: 500 },
    );
  });

  test("the last event of a stream holds what the whole answer would", () => {
    fc.assert(
      fc.property(eventsArbitrary(says, { ...shape, tokenClasses: [] }), ({ answer, events }) => {
        const last = decodeSse(Buffer.from(written(events))).at(-1);
        const { response } = JSON.parse(last?.data ?? "") as { response: { output: { id: string }[] } };
        const withIds = JSON.stringify(codec.writeAnswer(withoutReasoningIds(answer), asked));
        const inStream = JSON.stringify(response).replaceAll(/"id":"rs_[a-z0-9_]+"/g, `"id":"rs"`);
        expect(inStream).toBe(withIds.replaceAll(/"id":"rs_[a-z0-9_]+"/g, `"id":"rs"`));
      }),
    );
  });

  test("a stream cut anywhere has no end", () => {
    fc.assert(
      fc.property(eventsArbitrary(says, shape), fc.nat(), ({ events }, cut) => {
        const text = written(events);
        const read = readStream(text.slice(0, cut % (text.length - 1)));
        expect(read.some(({ type }) => type === "reply-end")).toBe(false);
      }),
    );
  });
});

/** The code with which a request is refused; null when it is read. Anything else is a crash. */
function refusalOf(body: object): string | null {
  try {
    codec.readConversation(requestOf(body));
    return null;
  } catch (error) {
    if (error instanceof FarthingError) return error.code;
    throw error;
  }
}

/** Clients refuse an id that stands twice, so only the first keeps it. */
function hasDistinctIds({ parts }: Answer): boolean {
  const ids = parts.flatMap((part) => (part.type === "reasoning" && part.id !== null ? [part.id] : []));
  return new Set(ids).size === ids.length;
}

describe("nonsense", () => {
  const members = ["response", "item", "delta", "error", "output_index", "summary_index", "part"] as const;
  const types = [
    "response.created",
    "response.output_item.added",
    "response.output_item.done",
    "response.output_text.delta",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_text.delta",
    "response.function_call_arguments.delta",
    "response.completed",
    "response.failed",
    "error",
  ];
  const kinds = fc.constantFrom("message", "function_call", "reasoning", "web_search_call", 7);
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.record({
      type: kinds,
      content: fc.jsonValue({ maxDepth: 1 }),
      summary: fc.jsonValue({ maxDepth: 1 }),
      arguments: fc.jsonValue({ maxDepth: 1 }),
    }),
    fc.record({
      id: fc.jsonValue({ maxDepth: 1 }),
      output: fc.array(fc.record({ type: kinds, content: fc.jsonValue({ maxDepth: 1 }) })),
    }),
  );
  const event = fc
    .tuple(fc.constantFrom(...types), fc.record(Object.fromEntries(members.map((name) => [name, odd]))))
    .map(([type, rest]) => ({ ...rest, type }));

  test("in a stream never throws, and what is read can be written", () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 6 }), (events) => {
        const text = events.map((document) => `data: ${JSON.stringify(document)}\n\n`).join("");
        const read = readStream(text);
        expect(foldStream(Buffer.from(text)).filter(({ type }) => type === "reply-end").length).toBeLessThan(2);
        expect(readStream(written(read)).at(-1)).toEqual({ type: "reply-end" });
      }),
      { numRuns: 200 },
    );
  });

  test("as a body never throws", () => {
    fc.assert(
      fc.property(odd, (document) => {
        const body = bytesOf(document);
        codec.readAnswer(body, noQuirks);
        expect(typeof codec.readError(body).message).toBe("string");
        expect(readReply(body).usage.source).toBe("unknown");
      }),
    );
  });

  test("as a request is refused with a code, never with a crash", () => {
    const body = fc.record(
      {
        input: fc.oneof(fc.string(), fc.array(odd, { maxLength: 3 })),
        tools: fc.array(odd, { maxLength: 2 }),
        tool_choice: odd,
        text: odd,
        reasoning: odd,
        include: odd,
        metadata: odd,
      },
      { requiredKeys: ["input"] },
    );
    fc.assert(
      fc.property(body, (document) => {
        expect(refusalOf({ model: "m", ...document })).toBeOneOf([null, "invalid_request", "untranslatable"]);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the table of fields", () => {
  test("speaks of known concepts, and every concept it can say has a field", () => {
    const named = new Set<string>();
    for (const table of [fields.request, fields.reply]) {
      for (const fate of Object.values(table)) if ("concept" in fate) named.add(fate.concept);
    }
    for (const concept of named) expect(Object.keys(concepts)).toContain(concept);
    // Said by a value, or by where a text stands.
    const byValue = ["system-turn", "image-data", "tool-result-media", "reasoning-redacted", "reasoning-budget"];
    for (const concept of Object.keys(fields.says)) expect([...named, ...byValue]).toContain(concept);
  });
});

describe("errors of providers", () => {
  test.each<[unknown, object]>([
    [
      { error: { message: "Bad", type: "invalid_request_error", param: null, code: "context_length_exceeded" } },
      { kind: "invalid_request_error", message: "Bad", code: "context_length_exceeded" },
    ],
    [{ error: { message: "Bad", code: 400 } }, { kind: "", message: "Bad", code: "400" }],
    [
      { type: "error", message: "Bad", code: "server_error" },
      { kind: "", message: "Bad", code: "server_error" },
    ],
    [{ error: "Bad" }, { kind: "", message: "Bad", code: null }],
  ])("%j", (document, expected) => {
    expect(codec.readError(bytesOf(document))).toEqual(expected);
  });

  test("other bytes are the message, cut", () => {
    expect(codec.readError(Buffer.from("<html>"))).toEqual({ kind: "", message: "<html>", code: null });
    expect(codec.readError(Buffer.from("x".repeat(5_000))).message).toHaveLength(1_000);
  });
});

describe("what is no answer", () => {
  test.each<unknown>([
    { id: "resp_1", status: "failed", error: { code: "server_error", message: "x" }, output: [] },
    { id: "resp_1", status: "in_progress", output: [] },
    { id: "resp_1", status: "completed" },
    { object: "chat.completion", choices: [] },
    [],
  ])("%j", (document) => {
    expect(codec.readAnswer(bytesOf(document), noQuirks)).toBeNull();
    expect(codec.readAnswer(Buffer.from("<html>"), noQuirks)).toBeNull();
  });

  test("nothing is asked for in the query", () => {
    expect([codec.callQuery(true), codec.callQuery(false)]).toEqual(["", ""]);
  });
});

const usageOf = (usage: Usage): JsonValue | undefined => {
  const answer: Answer = {
    id: "",
    model: "",
    createdAtS: null,
    parts: [],
    finish: "stop",
    stopSequence: null,
    usage,
  };
  return codec.writeAnswer(answer, asked)["usage"];
};

describe("usage in another vendor's classes", () => {
  test("every token is in the vendor's sums", () => {
    const tokens = { input: 1, cacheRead: 2, cacheWrite5m: 4, cacheWrite1h: 8, cacheWriteLonger: 16, audioInput: 32 };
    const made = { imageInput: 64, output: 128, reasoning: 256, audioOutput: 512 };
    expect(usageOf({ source: "provider", tokens: { ...tokens, ...made } })).toEqual({
      input_tokens: 127,
      input_tokens_details: {
        cached_tokens: 2,
        cache_write_tokens: 28,
        cache_write_tokens_details: { ttl_30m_tokens: 12, ttl_12h_tokens: 16 },
      },
      output_tokens: 896,
      output_tokens_details: { reasoning_tokens: 256 },
      total_tokens: 1_023,
    });
  });

  test("unknown usage is absent", () => {
    expect(usageOf({ source: "unknown", tokens: {} })).toBeNull();
  });
});
