import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSse } from "../../../kit/sse-decode.ts";
import type { Answer, Conversation } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import type { StreamEvent } from "../../../spec/stream-event.ts";
import type { Asked } from "../../../spec/codec.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { concepts } from "../../translation/concepts.ts";
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

const { says } = fields;
const shape: Shape = {
  efforts: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
  serviceTiers: ["auto", "default", "flex", "priority"],
  // OpenAI takes a file's bytes only with a name, so one is given to those that have none.
  documentsHaveNames: true,
  finishes: ["stop", "length", "content-filter"],
  tokenClasses: ["input", "cacheRead", "cacheWrite30m", "audioInput", "output", "reasoning", "audioOutput"],
};
const requestOf = (body: unknown): ModelRequest => readRequest(body, 1);
const askedFor = (body: object): Asked => ({
  request: requestOf({ model: "asked", messages: [], ...body }),
  requestId: "fr_1",
  nowS: 1_700_000_000,
});
const asked = askedFor({ stream: true, stream_options: { include_usage: true } });
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
  const { body, dropped } = codec.writeConversation(frozen(conversation), { quirks: noQuirks });
  expect(dropped).toEqual([]);
  const parsed = JSON.parse(JSON.stringify(body)) as JsonObject;
  const reading = codec.readConversation(frozen(requestOf(parsed)));
  expect(reading.dropped).toEqual([]);
  return reading.conversation;
}

/** Reads a stream event by event, as a gateway does. */
function readStream(text: string): readonly StreamEvent[] {
  const reader = codec.openReader(noQuirks);
  const events = decodeSse(Buffer.from(text)).flatMap(({ event, data }) => reader.read(event, data));
  return [...events, ...reader.finish()];
}

function written(events: readonly StreamEvent[], of: Asked = asked): string {
  const writer = codec.openWriter(of);
  return events.map((event) => writer.write([event])).join("") + writer.end();
}

// A budget of thinking is said by the nearest effort, so it does not read back.
const { "reasoning-budget": _approximated, ...exact } = says;

describe("laws", () => {
  test("what was written reads as what was said", () => {
    fc.assert(
      fc.property(conversationArbitrary(exact, shape), (conversation) => {
        expect(readBack(conversation)).toEqual(conversation);
      }),
      { numRuns: 500 },
    );
  });

  test("an answer written reads as the answer", () => {
    fc.assert(
      fc.property(answerArbitrary(says, shape), (answer) => {
        const body = bytesOf(codec.writeAnswer(frozen(answer), asked));
        expect(codec.readAnswer(body, noQuirks)).toEqual(answer);
        expect(readReply(body)).toMatchObject({ usage: answer.usage, finishReason: answer.finish });
      }),
      { numRuns: 500 },
    );
  });

  test("a stream written reads as the answer, by reader and by folding, and ends once", () => {
    fc.assert(
      fc.property(eventsArbitrary(says, shape), ({ answer, events }) => {
        const text = written(events);
        const read = readStream(text);
        expect(answerOfEvents(read)).toEqual(answer);
        expect(answerOfEvents(foldStream(Buffer.from(text)))).toEqual(answer);
        expect(read.filter(({ type }) => type === "reply-end")).toEqual([{ type: "reply-end" }]);
        expect(read.at(-1)?.type).toBe("reply-end");
        expect(factsOfEvents(read)).toEqual(factsOfEvents(events));
      }),
      { numRuns: 500 },
    );
  });

  test("a stream says what the whole answer says", () => {
    fc.assert(
      fc.property(eventsArbitrary(says, shape), ({ answer, events }) => {
        const whole = codec.readAnswer(bytesOf(codec.writeAnswer(answer, asked)), noQuirks);
        expect(answerOfEvents(readStream(written(events)))).toEqual(whole);
      }),
    );
  });

  test("a stream cut anywhere has no end", () => {
    fc.assert(
      fc.property(eventsArbitrary(says, shape), fc.nat(), ({ events }, cut) => {
        const text = written(events);
        const part = text.slice(0, cut % (text.length - 1));
        expect(readStream(part).some(({ type }) => type === "reply-end")).toBe(false);
      }),
    );
  });
});

describe("the table of fields", () => {
  test("names every concept that can be said, and only known ones", () => {
    const named = new Set<string>();
    for (const fate of [...Object.values(fields.request), ...Object.values(fields.reply)]) {
      if ("concept" in fate) named.add(fate.concept);
    }
    // A budget has no field here; it is said as an effort.
    const implied = ["system", "system-turn", "reasoning-budget"];
    for (const concept of Object.keys(says)) expect([...named, ...implied]).toContain(concept);
    for (const concept of named) expect(Object.keys(concepts)).toContain(concept);
  });

  // Transcribed from openai-node 7.57.0, ChatCompletionCreateParamsBase, read 2026-11-21.
  const parameters =
    "messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens " +
    "metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key " +
    "prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier " +
    "stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options";

  test.each(parameters.split(" "))("has %s", (name) => {
    expect(fields.request[name]).toBeDefined();
  });
});

const hello: Answer = {
  id: "",
  model: "",
  createdAtS: null,
  parts: [{ type: "tool-call", id: "", name: "now", argumentsText: "" }],
  finish: "unknown",
  stopSequence: null,
  usage: { source: "unknown", tokens: {} },
};

describe("answers", () => {
  // From the example at platform.openai.com/docs/api-reference/chat/create, read 2026-11-21.
  const documented = {
    id: "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
    object: "chat.completion",
    created: 1_741_569_952,
    model: "gpt-5.4",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: "Hello! How can I assist you today?",
          refusal: null,
          annotations: [],
        },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
    usage: {
      prompt_tokens: 19,
      completion_tokens: 10,
      total_tokens: 29,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    service_tier: "default",
  };
  const read: Answer = {
    id: documented.id,
    model: "gpt-5.4",
    createdAtS: 1_741_569_952,
    parts: [{ type: "text", text: "Hello! How can I assist you today?" }],
    finish: "stop",
    stopSequence: null,
    usage: {
      source: "provider",
      tokens: { input: 19, cacheRead: 0, audioInput: 0, output: 10, reasoning: 0, audioOutput: 0 },
      serviceTier: "default",
    },
  };

  test("the documented one is read", () => {
    expect(codec.readAnswer(bytesOf(documented), noQuirks)).toEqual(read);
  });

  test("the documented one is written, but for members that say nothing", () => {
    const { annotations: _annotations, ...message } = documented.choices[0]?.message ?? {};
    const details = { reasoning_tokens: 0, audio_tokens: 0 };
    expect(codec.writeAnswer(read, asked)).toEqual({
      ...documented,
      choices: [{ ...documented.choices[0], message }],
      usage: { ...documented.usage, completion_tokens_details: details },
    });
  });

  test("what the provider does not tell is made of the request; a call without arguments has an empty object", () => {
    expect(codec.writeAnswer(hello, asked)).toEqual({
      id: "chatcmpl-fr_1",
      object: "chat.completion",
      created: 1_700_000_000,
      model: "asked",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: null,
            refusal: null,
            tool_calls: [{ id: "call_fr_1_0", type: "function", function: { name: "now", arguments: "{}" } }],
          },
          logprobs: null,
          finish_reason: "tool_calls",
        },
      ],
    });
  });

  test.each([
    ["pause", "stop"],
    ["refusal", "content_filter"],
    ["unknown", "stop"],
    ["length", "length"],
  ] as const)("an end by %s is said as %s", (finish, word) => {
    const body = codec.writeAnswer({ ...hello, parts: [{ type: "text", text: "a" }], finish }, asked);
    expect(body["choices"]).toMatchObject([{ finish_reason: word }]);
  });

  test("counts that the dialect cannot tell apart keep the total", () => {
    const tokens = {
      input: 1,
      cacheRead: 2,
      cacheWrite5m: 4,
      cacheWrite1h: 8,
      imageInput: 16,
      output: 32,
      reasoning: 64,
    };
    const body = codec.writeAnswer({ ...hello, usage: { source: "provider", tokens, serviceTier: "standard" } }, asked);
    expect(body).toMatchObject({
      service_tier: "default",
      usage: {
        prompt_tokens: 31,
        completion_tokens: 96,
        total_tokens: 127,
        prompt_tokens_details: { cached_tokens: 2, cache_write_tokens: 12 },
        completion_tokens_details: { reasoning_tokens: 64 },
      },
    });
  });

  test.each(["", "<html>", "[]", "{}", `{"choices":[]}`, `{"choices":[{}]}`, `{"error":{"message":"no"}}`])(
    "%j is none",
    (body) => {
      expect(codec.readAnswer(Buffer.from(body), noQuirks)).toBeNull();
    },
  );

  test("lenient with what servers make of it", () => {
    const message = {
      content: [{ type: "text", text: "a" }, 7],
      reasoning: "b",
      tool_calls: [null, { function: {} }, { function: { name: "f" } }],
    };
    expect(codec.readAnswer(bytesOf({ created: -1, choices: [{ message }] }), noQuirks)).toEqual({
      id: "",
      model: "",
      createdAtS: null,
      parts: [
        { type: "reasoning", text: "b", signature: null, redacted: null, id: null },
        { type: "text", text: "a" },
        { type: "tool-call", id: "", name: "f", argumentsText: "" },
      ],
      finish: "unknown",
      stopSequence: null,
      usage: { source: "unknown", tokens: {} },
    });
  });
});

describe("errors", () => {
  test.each([
    // platform.openai.com/docs/guides/error-codes, read 2026-11-21.
    [
      {
        error: {
          message: "Too long.",
          type: "invalid_request_error",
          param: "messages",
          code: "context_length_exceeded",
        },
      },
      { kind: "invalid_request_error", message: "Too long.", code: "context_length_exceeded" },
    ],
    [{ error: { message: "No.", type: null, code: 400 } }, { kind: "", message: "No.", code: "400" }],
    // vLLM before 0.9, and servers built on FastAPI.
    [
      { object: "error", message: "Bad.", type: "BadRequestError", code: 400 },
      { kind: "BadRequestError", message: "Bad.", code: "400" },
    ],
    [{ detail: "Not Found" }, { kind: "", message: "Not Found", code: null }],
    [{ error: "model not found" }, { kind: "", message: "model not found", code: null }],
  ])("%j", (body, error) => {
    expect(codec.readError(bytesOf(body))).toEqual(error);
  });

  test("anything else is its own message, cut", () => {
    expect(codec.readError(Buffer.from("x".repeat(5_000)))).toEqual({
      kind: "",
      message: "x".repeat(1_000),
      code: null,
    });
    expect(codec.readError(Buffer.alloc(0))).toEqual({ kind: "", message: "", code: null });
  });
});
