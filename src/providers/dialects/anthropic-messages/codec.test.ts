import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answer, CacheMark, Conversation, Part, Settings, Turn } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import { unknownUsage, type Usage } from "../../../spec/usage.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { codec } from "./codec.ts";
import { anthropicMessages } from "./dialect.ts";
import { readRequest } from "./read-request.ts";

fc.configureGlobal({ seed: 7 });

const request: ModelRequest = readRequest({ model: "claude-asked", messages: [] }, 1);
const asked = { request, requestId: "r1", nowS: 0 };
const bytes = (document: unknown): Uint8Array => Buffer.from(JSON.stringify(document));

const words = fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }).map((text) => `${text}.`);
const json = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue(), { maxKeys: 3 }) as fc.Arbitrary<JsonObject>;
/** As it comes back from a parser: no -0. */
const plain = json.map((object) => JSON.parse(JSON.stringify(object)) as JsonObject);
const cache = fc.option(fc.record({ lifetime: fc.constantFrom<CacheMark["lifetime"]>(null, "5m", "1h") }));
const marked = <Made extends object>(made: fc.Arbitrary<Made>): fc.Arbitrary<Made & { cache?: CacheMark }> =>
  fc.tuple(made, cache).map(([part, mark]) => (mark === null ? part : { ...part, cache: mark }));

const text = marked(fc.record({ type: fc.constant("text" as const), text: words }));
const source = fc.oneof(
  fc.record({ kind: fc.constant("url" as const), url: words }),
  fc.record({ kind: fc.constant("base64" as const), mediaType: fc.constant("application/pdf"), data: words }),
);
const image = marked(fc.record({ type: fc.constant("image" as const), source }));
const document = marked(
  fc
    .tuple(source, fc.option(words))
    .map(([from, name]) => ({ type: "document" as const, source: from, ...(name === null ? {} : { name }) })),
);
const id = fc.stringMatching(/^[a-z0-9_-]{1,8}$/);
const toolResult = marked(
  fc.record({
    type: fc.constant("tool-result" as const),
    callId: id,
    parts: fc.array(fc.oneof(text, image, document), { maxLength: 2 }),
    isError: fc.boolean(),
  }),
);
const toolCall = marked(
  fc.record({
    type: fc.constant("tool-call" as const),
    id,
    name: id,
    argumentsText: plain.map((object) => JSON.stringify(object)),
  }),
);
const reasoning: fc.Arbitrary<Part> = fc
  .oneof(
    fc.tuple(fc.string(), words).map(([thought, signature]) => ({ text: thought, signature, redacted: null })),
    words.map((redacted) => ({ text: "", signature: null, redacted })),
  )
  .map((made) => ({ type: "reasoning", ...made, id: null }));

const userTurn: fc.Arbitrary<Turn> = fc
  .tuple(
    fc.array(toolResult, { maxLength: 2 }),
    fc.array(fc.oneof(text, image, document), { minLength: 1, maxLength: 3 }),
  )
  .map(([results, others]) => ({ role: "user", parts: [...results, ...others] }));
const assistantTurn: fc.Arbitrary<Turn> = fc
  .tuple(fc.array(reasoning, { maxLength: 2 }), fc.array(fc.oneof(text, toolCall), { minLength: 1, maxLength: 3 }))
  .map(([thoughts, others]) => ({ role: "assistant", parts: [...thoughts, ...others] }));
const systemTurn: fc.Arbitrary<Turn> = fc
  .array(text, { minLength: 1, maxLength: 2 })
  .map((parts) => ({ role: "system", parts }));
const turns: fc.Arbitrary<Turn[]> = fc
  .array(fc.tuple(userTurn, fc.option(systemTurn), assistantTurn), { maxLength: 3 })
  .map((rounds) =>
    rounds.flatMap(([user, system, assistant]) => [user, ...(system === null ? [] : [system]), assistant]),
  );

const tools = fc.array(
  marked(
    fc.record({
      name: id,
      description: fc.option(words),
      parameters: plain.map((schema): JsonObject => ({ type: "object", ...schema })),
      strict: fc.option(fc.boolean()),
    }),
  ),
  { minLength: 1, maxLength: 2 },
);
const level = fc.constantFrom("low", "medium", "high", "xhigh", "max");
const settings: fc.Arbitrary<Settings> = fc
  .record(
    {
      stop: fc.array(words, { minLength: 1, maxLength: 2 }),
      toolChoice: fc.oneof(
        fc.constantFrom({ kind: "auto" as const }, { kind: "any" as const }),
        fc.record({ kind: fc.constant("tool" as const), name: id }),
      ),
      format: plain.map((schema) => ({
        kind: "json-schema" as const,
        name: null,
        description: null,
        schema,
        strict: true,
      })),
      reasoning: fc.oneof(
        fc.record({ effort: level, budgetTokens: fc.constant(null), show: fc.option(fc.boolean()) }),
        fc.constant({ effort: "none", budgetTokens: null, show: null }),
      ),
      user: words,
      serviceTier: fc.constantFrom("auto", "standard_only"),
    },
    { requiredKeys: [] },
  )
  .chain((made) =>
    fc.record({ outputTokensMax: fc.integer({ min: 1, max: 99_999 }), parallelToolCalls: fc.boolean() }).map((more) => {
      // The switch for parallel calls stands beside a choice.
      const { parallelToolCalls, ...rest } = more;
      return { ...made, ...rest, ...(made.toolChoice === undefined ? {} : { parallelToolCalls }) };
    }),
  );
const conversation: fc.Arbitrary<Conversation> = fc.record({
  model: fc.constant("claude-opus-4-8"),
  stream: fc.boolean(),
  system: fc.array(text, { maxLength: 2 }),
  turns,
  tools,
  settings,
});

function readBack(body: Readonly<JsonObject>): Conversation {
  return codec.readConversation(readRequest(JSON.parse(JSON.stringify(body)), 1)).conversation;
}

describe("requests", () => {
  test("what is written is read back", () => {
    fc.assert(
      fc.property(conversation, (said) => {
        const { body, dropped, approximated } = codec.writeConversation(said, { quirks: noQuirks });
        expect({ dropped, approximated }).toEqual({ dropped: [], approximated: [] });
        expect(readBack(body)).toEqual(said);
      }),
    );
  });

  test("so are the settings of older models", () => {
    const older = fc.record(
      {
        temperature: fc.float({ min: 0, max: 1, noNaN: true }).map(Math.abs),
        topP: fc.float({ min: 0, max: 1, noNaN: true }).map(Math.abs),
        topK: fc.nat(500),
      },
      { requiredKeys: [] },
    );
    const thinking = fc.record({
      reasoning: fc.record({
        effort: fc.constant(null),
        budgetTokens: fc.integer({ min: 1_024, max: 60_000 }),
        show: fc.option(fc.boolean()),
      }),
    });
    fc.assert(
      fc.property(conversation, fc.oneof(older, thinking), (said, more) => {
        const made: Conversation = {
          ...said,
          model: "claude-3-7-sonnet-20250219",
          turns: said.turns.filter(({ role }) => role !== "system").slice(0, 1),
          tools: [],
          settings: { outputTokensMax: 64_000, ...more },
        };
        const { body, dropped, approximated } = codec.writeConversation(made, { quirks: noQuirks });
        expect({ dropped, approximated }).toEqual({ dropped: [], approximated: [] });
        expect(readBack(body)).toEqual(made);
      }),
    );
  });
});

const count = fc.nat(1_000);
const usage: fc.Arbitrary<Usage> = fc.record({
  source: fc.constant("provider" as const),
  tokens: fc
    .tuple(
      fc.record({ input: count, output: count }),
      fc.record({ cacheRead: count, reasoning: count }, { requiredKeys: [] }),
      fc.option(fc.record({ cacheWrite5m: count, cacheWrite1h: count })),
    )
    .map(([both, some, writes]) => ({ ...both, ...some, ...writes })),
});
const answer: fc.Arbitrary<Answer> = fc
  .record({
    id: words,
    model: words,
    createdAtS: fc.constant(null),
    parts: fc.array(
      fc.oneof(
        fc.record({ type: fc.constant("text" as const), text: words }),
        reasoning,
        toolCall.map(({ cache: _none, ...call }) => call),
      ),
      { maxLength: 4 },
    ),
    finish: fc.constantFrom("stop", "length", "refusal", "pause"),
    stopSequence: fc.option(words),
    usage,
  })
  .map((made): Answer => {
    const calls = made.parts.some(({ type }) => type === "tool-call") && made.finish === "stop";
    return { ...made, finish: calls ? "tool-calls" : made.finish } as Answer;
  });

describe("whole answers", () => {
  // A real answer: vercel/ai packages/anthropic/src/__fixtures__/anthropic-refusal.json, read 2026-11-21.
  test("a refusal, as the vendor sends it", () => {
    const refusal = {
      model: "claude-fable-5",
      id: "msg_01Refusal",
      type: "message",
      role: "assistant",
      content: [],
      stop_reason: "refusal",
      stop_details: { type: "refusal", category: "cyber", explanation: "Blocked." },
      stop_sequence: null,
      usage: {
        input_tokens: 18,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
        output_tokens: 5,
        service_tier: "standard",
      },
    };
    expect(codec.readAnswer(bytes(refusal), noQuirks)).toEqual({
      id: "msg_01Refusal",
      model: "claude-fable-5",
      createdAtS: null,
      parts: [],
      finish: "refusal",
      stopSequence: null,
      usage: {
        source: "provider",
        tokens: { input: 18, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 5 },
        serviceTier: "standard",
      },
    });
  });

  test("what is written is read back, and as the facts of a reply too", () => {
    fc.assert(
      fc.property(answer, (said) => {
        const written = bytes(codec.writeAnswer(said, asked));
        expect(codec.readAnswer(written, noQuirks)).toEqual(said);
        expect(anthropicMessages.readReply(written)).toMatchObject({ usage: said.usage, finishReason: said.finish });
      }),
    );
  });

  test("the shape of a message", () => {
    const said: Answer = {
      id: "",
      model: "",
      createdAtS: 5,
      parts: [
        { type: "text", text: "" },
        { type: "reasoning", text: "hm", signature: null, redacted: null, id: "rs_1" },
        { type: "refusal", text: "No." },
        { type: "tool-call", id: "", name: "f", argumentsText: "" },
        { type: "tool-call", id: "c", name: "f", argumentsText: '{"a":' },
      ],
      finish: "stop",
      stopSequence: null,
      usage: unknownUsage,
    };
    expect(codec.writeAnswer(said, asked)).toEqual({
      id: "msg_r1",
      type: "message",
      role: "assistant",
      model: "claude-asked",
      content: [
        { type: "thinking", thinking: "hm", signature: "" },
        { type: "text", text: "No." },
        { type: "tool_use", id: "toolu_r1_3", name: "f", input: {} },
        { type: "tool_use", id: "c", name: "f", input: { unparsed_arguments: '{"a":' } },
      ],
      stop_reason: "tool_use",
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: {
        input_tokens: 0,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
        cache_creation: null,
        output_tokens: 0,
        output_tokens_details: null,
        server_tool_use: null,
        service_tier: null,
      },
    });
  });

  test("every class of tokens ends in one of the vendor's sums", () => {
    const tokens = {
      input: 1,
      cacheRead: 2,
      cacheWrite5m: 4,
      cacheWrite30m: 8,
      cacheWrite1h: 16,
      cacheWriteLonger: 32,
      output: 64,
      reasoning: 128,
      audioInput: 256,
      audioOutput: 512,
      imageInput: 1_024,
    };
    const told = { source: "provider", tokens, serverToolCalls: { web_search_requests: 3 }, serviceTier: "priority" };
    const said = { id: "", model: "", createdAtS: null, parts: [], finish: "stop", stopSequence: null, usage: told };
    expect(codec.writeAnswer(said as Answer, asked)["usage"]).toEqual({
      input_tokens: 1 + 256 + 1_024,
      cache_creation_input_tokens: 4 + 8 + 16 + 32,
      cache_read_input_tokens: 2,
      cache_creation: { ephemeral_5m_input_tokens: 4 + 8, ephemeral_1h_input_tokens: 16 + 32 },
      output_tokens: 64 + 128 + 512,
      output_tokens_details: { thinking_tokens: 128 },
      server_tool_use: { web_search_requests: 3, web_fetch_requests: 0 },
      service_tier: "priority",
    });
  });

  test.each([["{"], ["[]"], ['{"type":"error","error":{}}'], [""]])("%j is no answer", (body) => {
    expect(codec.readAnswer(Buffer.from(body), noQuirks)).toBeNull();
  });
});

describe("errors", () => {
  test("the vendor's", () => {
    const error = { type: "overloaded_error", message: "Overloaded", details: { error_code: "x" } };
    const body = bytes({ type: "error", error, request_id: "req_1" });
    expect(codec.readError(body)).toEqual({ kind: "overloaded_error", message: "Overloaded", code: "x" });
  });

  test("anything else is its own message, cut", () => {
    const page = `<html>${"x".repeat(2_000)}`;
    expect(codec.readError(Buffer.from(page))).toEqual({ kind: "", message: page.slice(0, 1_000), code: null });
    expect(codec.readError(Buffer.from('{"error":7}'))).toEqual({ kind: "", message: '{"error":7}', code: null });
  });
});

test("paths and headers of the dialect", () => {
  expect(anthropicMessages.matchPath("/v1/messages")).toEqual({ model: null, stream: null });
  for (const path of ["/v1/messages/", "/v1/messages/count_tokens", "/v1/message", "/messages"]) {
    expect(anthropicMessages.matchPath(path)).toBeNull();
  }
  expect(anthropicMessages.callPath({ model: "m", stream: true })).toBe("/v1/messages");
  expect(codec.callQuery(true)).toBe("");
  expect(codec.callHeaders).toEqual(["anthropic-version", "2023-06-01"]);
});
