import { describe, expect, test } from "vitest";
import type { Conversation } from "../../../spec/conversation.ts";
import type { ConversationReading } from "../../../spec/codec.ts";
import { readConversation } from "./read-conversation.ts";
import { readRequest } from "./read-request.ts";

const question = [{ role: "user", content: "Hello!" }];
const read = (body: object): ConversationReading =>
  readConversation(readRequest({ model: "m", messages: question, ...body }, 1));
const messagesOf = (...messages: unknown[]): Conversation => read({ messages }).conversation;
const asks = [{ role: "user", parts: [{ type: "text", text: "Hello!" }] }];

describe("documented requests", () => {
  // The examples of platform.openai.com/docs/api-reference/chat/create and docs/guides/function-calling, read 2026-11-21.
  test("default", () => {
    const messages = [
      { role: "developer", content: "You are a helpful assistant." },
      { role: "user", content: "Hello!" },
    ];
    expect(read({ model: "gpt-5.4", messages, stream: true })).toEqual({
      dropped: [],
      conversation: {
        model: "gpt-5.4",
        stream: true,
        system: [{ type: "text", text: "You are a helpful assistant." }],
        turns: asks,
        tools: [],
        settings: {},
      },
    });
  });

  test("image input", () => {
    const url = "https://upload.example/Gfp-wisconsin-madison-the-nature-boardwalk.jpg";
    const content = [
      { type: "text", text: "What is in this image?" },
      { type: "image_url", image_url: { url } },
      { type: "image_url", image_url: { url: "DATA:image/jpeg;base64,/9j/4AAQ", detail: "high" } },
    ];
    expect(read({ messages: [{ role: "user", content }], max_tokens: 300 }).conversation).toMatchObject({
      turns: [
        {
          role: "user",
          parts: [
            { type: "text", text: "What is in this image?" },
            { type: "image", source: { kind: "url", url } },
            { type: "image", source: { kind: "base64", mediaType: "image/jpeg", data: "/9j/4AAQ" }, detail: "high" },
          ],
        },
      ],
      settings: { outputTokensMax: 300 },
    });
  });

  test("sound and files", () => {
    const content = [
      { type: "input_audio", input_audio: { data: "UklGRg==", format: "wav" } },
      { type: "file", file: { filename: "draft.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } },
    ];
    expect(messagesOf({ role: "user", content }).turns).toEqual([
      {
        role: "user",
        parts: [
          { type: "audio", data: "UklGRg==", format: "wav" },
          {
            type: "document",
            source: { kind: "base64", mediaType: "application/pdf", data: "JVBERi0=" },
            name: "draft.pdf",
          },
        ],
      },
    ]);
  });

  test("functions: definition, choice, parallel calls and their results", () => {
    const parameters = {
      type: "object",
      properties: { location: { type: "string" } },
      required: ["location"],
      additionalProperties: false,
    };
    const called = '{\n"location": "Paris, France"\n}';
    const body = {
      tools: [
        { type: "function", function: { name: "get_weather", description: "Weather.", parameters, strict: true } },
      ],
      tool_choice: { type: "function", function: { name: "get_weather" } },
      parallel_tool_calls: true,
      messages: [
        ...question,
        {
          role: "assistant",
          content: null,
          refusal: null,
          annotations: [],
          tool_calls: [
            { id: "call_1", type: "function", function: { name: "get_weather", arguments: called } },
            { id: "call_2", type: "function", function: { name: "get_weather", arguments: "" } },
          ],
        },
        { role: "tool", tool_call_id: "call_1", content: "14" },
        { role: "tool", tool_call_id: "call_2", content: [{ type: "text", text: "15" }], name: "get_weather" },
        { role: "user", content: "And now?" },
      ],
    };
    expect(read(body)).toEqual({
      dropped: ["messages[].annotations", "messages[].name"],
      conversation: {
        model: "m",
        stream: false,
        system: [],
        turns: [
          ...asks,
          {
            role: "assistant",
            parts: [
              { type: "tool-call", id: "call_1", name: "get_weather", argumentsText: called },
              { type: "tool-call", id: "call_2", name: "get_weather", argumentsText: "" },
            ],
          },
          {
            role: "user",
            parts: [
              { type: "tool-result", callId: "call_1", parts: [{ type: "text", text: "14" }], isError: false },
              { type: "tool-result", callId: "call_2", parts: [{ type: "text", text: "15" }], isError: false },
            ],
          },
          { role: "user", parts: [{ type: "text", text: "And now?" }] },
        ],
        tools: [{ name: "get_weather", description: "Weather.", parameters, strict: true }],
        settings: { toolChoice: { kind: "tool", name: "get_weather" }, parallelToolCalls: true },
      },
    });
  });
});

describe("messages", () => {
  test("instructions before the conversation are blocks, later ones are turns", () => {
    const { conversation, dropped } = read({
      messages: [
        { role: "system", content: "one", name: "owner" },
        {
          role: "developer",
          content: [
            { type: "text", text: "two" },
            { type: "text", text: "three" },
          ],
        },
        ...question,
        { role: "system", content: "four", name: "owner" },
      ],
    });
    expect(conversation.system.map(({ text }) => text)).toEqual(["one", "two", "three"]);
    expect(conversation.turns).toEqual([
      ...asks,
      { role: "system", parts: [{ type: "text", text: "four" }], name: "owner" },
    ]);
    expect(dropped).toEqual(["messages[].name"]);
  });

  test("empty texts are left out, unless nothing else was said", () => {
    const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
    const { system, turns } = messagesOf(
      { role: "system", content: "" },
      { role: "user", content: "" },
      { role: "assistant", content: "", tool_calls: [call] },
      { role: "tool", tool_call_id: "c", content: "" },
      {
        role: "assistant",
        content: [
          { type: "text", text: "" },
          { type: "text", text: "a" },
        ],
      },
      { role: "assistant" },
    );
    const nothing = { type: "text", text: "" };
    expect(system).toEqual([]);
    expect(turns.map(({ parts }) => parts)).toEqual([
      [nothing],
      [{ type: "tool-call", id: "c", name: "f", argumentsText: "{}" }],
      [{ type: "tool-result", callId: "c", parts: [], isError: false }],
      [{ type: "text", text: "a" }],
      [nothing],
    ]);
  });

  test("refusals, in either place", () => {
    const refusal = { type: "refusal", text: "No." };
    expect(messagesOf({ role: "assistant", content: null, refusal: "No." }).turns[0]?.parts).toEqual([refusal]);
    const content = [{ type: "refusal", refusal: "No." }];
    expect(messagesOf({ role: "assistant", content }).turns[0]?.parts).toEqual([refusal]);
  });

  test("marks of caching", () => {
    const content = [
      { type: "text", text: "a", prompt_cache_breakpoint: { mode: "explicit", ttl: "30m" } },
      { type: "text", text: "b", cache_control: { type: "ephemeral", ttl: "1h" } },
      { type: "text", text: "c", cache_control: { type: "ephemeral" } },
    ];
    const { conversation, dropped } = read({ messages: [{ role: "user", content }] });
    expect(conversation.turns[0]?.parts).toEqual([
      { type: "text", text: "a", cache: { lifetime: null } },
      { type: "text", text: "b", cache: { lifetime: "1h" } },
      { type: "text", text: "c", cache: { lifetime: null } },
    ]);
    expect(dropped).toEqual(["messages[].content[].prompt_cache_breakpoint.ttl"]);
  });

  test("signatures of Gemini's calls", () => {
    const extra_content = { google: { thought_signature: "sig" } };
    const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" }, extra_content };
    expect(messagesOf({ role: "assistant", tool_calls: [call] }).turns[0]?.parts).toMatchObject([{ signature: "sig" }]);
  });
});

const thinking = { type: "reasoning", text: "", signature: null, redacted: null, id: null };
const thoughtsOf = (members: object): unknown =>
  messagesOf({ role: "assistant", content: "a", ...members }).turns[0]?.parts.slice(0, -1);

describe("thinking", () => {
  test.each([
    ["a text", { reasoning_content: "why" }, [{ ...thinking, text: "why" }]],
    ["its other name", { reasoning: "why" }, [{ ...thinking, text: "why" }]],
    [
      "details, which repeat the text",
      {
        reasoning: "why",
        reasoning_details: [
          { type: "reasoning.text", text: "why", signature: "sig", format: null, index: 0 },
          { type: "reasoning.encrypted", data: "blob", id: "rs_1", index: 1 },
        ],
      },
      [
        { ...thinking, text: "why", signature: "sig" },
        { ...thinking, redacted: "blob", id: "rs_1" },
      ],
    ],
    [
      "details as clients gather them from a stream",
      {
        reasoning_details: [
          { type: "reasoning.text", text: "w", index: 0 },
          { type: "reasoning.text", text: "hy", index: 0 },
          { type: "reasoning.text", signature: "sig", index: 0 },
          { type: "reasoning.summary", summary: "so", index: 1 },
        ],
      },
      [
        { ...thinking, text: "why", signature: "sig" },
        { ...thinking, text: "so" },
      ],
    ],
    [
      "a hidden piece and what follows it under one index",
      {
        reasoning_details: [
          { type: "reasoning.encrypted", data: "blob", index: 0 },
          { type: "reasoning.text", text: "why", index: 0 },
        ],
      },
      [
        { ...thinking, redacted: "blob" },
        { ...thinking, text: "why" },
      ],
    ],
    [
      "a proof of the text beside it",
      { reasoning_content: "why", reasoning_details: [{ type: "reasoning.text", signature: "sig" }] },
      [{ ...thinking, text: "why", signature: "sig" }],
    ],
    [
      "a hidden piece beside a shown one",
      { reasoning_content: "why", reasoning_details: [{ type: "reasoning.encrypted", data: "blob" }] },
      [
        { ...thinking, text: "why" },
        { ...thinking, redacted: "blob" },
      ],
    ],
  ])("%s", (_name, members, parts) => {
    expect(thoughtsOf(members)).toEqual(parts);
  });

  test("items of unknown kinds are named", () => {
    const messages = [{ role: "assistant", content: "a", reasoning_details: [{ type: "reasoning.novel" }] }];
    expect(read({ messages }).dropped).toEqual(["messages[].reasoning_details[]"]);
  });
});

describe("settings", () => {
  test("all", () => {
    const json_schema = { name: "n", description: "d", schema: { type: "object" }, strict: false };
    const { conversation } = read({
      max_tokens: 5,
      max_completion_tokens: 7,
      temperature: 0,
      top_p: 0.5,
      stop: "END",
      seed: -3,
      frequency_penalty: -1,
      presence_penalty: 1,
      tool_choice: "required",
      response_format: { type: "json_schema", json_schema },
      reasoning_effort: "high",
      verbosity: "low",
      user: "u",
      metadata: { a: "b" },
      service_tier: "flex",
    });
    expect(conversation.settings).toEqual({
      outputTokensMax: 7,
      temperature: 0,
      topP: 0.5,
      stop: ["END"],
      seed: -3,
      frequencyPenalty: -1,
      presencePenalty: 1,
      toolChoice: { kind: "any" },
      format: { kind: "json-schema", ...json_schema },
      reasoning: { effort: "high", budgetTokens: null, show: null },
      verbosity: "low",
      user: "u",
      metadata: { a: "b" },
      serviceTier: "flex",
    });
  });

  test.each([
    [{ tool_choice: "auto" }, { toolChoice: { kind: "auto" } }],
    [{ response_format: { type: "text" } }, {}],
    [{ response_format: { type: "json_object" } }, { format: { kind: "json" } }],
    [{ stop: ["a", "b"] }, { stop: ["a", "b"] }],
    [{ stop: [], temperature: null, metadata: null, reasoning_effort: null, user: null }, {}],
    [{ n: 1, logprobs: false, top_logprobs: 0, logit_bias: {}, modalities: ["text"], functions: [], audio: null }, {}],
    [{ function_call: "auto", prediction: null, web_search_options: null, vendor_extra: null }, {}],
  ])("%j", (body, settings) => {
    expect(read(body)).toMatchObject({ dropped: [] });
    expect(read(body).conversation.settings).toEqual(settings);
  });
});

const userSays = (part: object): object => ({ messages: [{ role: "user", content: [part] }] });
const assistant = (members: object): object => ({ messages: [{ role: "assistant", content: "a", ...members }] });

describe("what other dialects have no place for", () => {
  test("is named where the answer does not depend on it", () => {
    const { dropped } = read({
      store: true,
      prompt_cache_key: "k",
      prompt_cache_options: { mode: "explicit" },
      prompt_cache_retention: "24h",
      safety_identifier: "s",
      moderation: { model: "omni" },
      stream_options: { include_usage: true, include_obfuscation: false },
      messages: [
        { role: "user", content: [{ type: "text", text: "a", vendor_extra: 1, other: null }] },
        { role: "user", content: [{ type: "text", text: "b", vendor_extra: 2 }], tool_calls: [], refusal: null },
      ],
      tools: [{ type: "function", function: { name: "f", vendor_extra: {} } }],
    });
    expect(dropped.toSorted()).toEqual([
      "messages[].content[].vendor_extra",
      "messages[].tool_calls",
      "moderation",
      "prompt_cache_key",
      "prompt_cache_options",
      "prompt_cache_retention",
      "safety_identifier",
      "store",
      "stream_options.include_obfuscation",
      "tools[].function.vendor_extra",
    ]);
  });

  test.each([
    ["vendor_extra", { vendor_extra: 1 }],
    ["top_k", { top_k: 5 }],
    ["n", { n: 2 }],
    ["logprobs", { logprobs: true }],
    ["top_logprobs", { top_logprobs: 3 }],
    ["logit_bias", { logit_bias: { "50256": -100 } }],
    ["modalities", { modalities: ["text", "audio"] }],
    ["audio", { audio: { voice: "alloy", format: "wav" } }],
    ["prediction", { prediction: { type: "content", content: "a" } }],
    ["web_search_options", { web_search_options: {} }],
    ["functions", { functions: [{ name: "f" }] }],
    ["function_call", { function_call: { name: "f" } }],
    ["messages[].role", { messages: [{ role: "function", name: "f", content: "a" }] }],
    ["messages[].role", { messages: [{ role: "constructor", content: "a" }] }],
    ["messages[].function_call", assistant({ function_call: { name: "f", arguments: "{}" } })],
    ["messages[].audio", assistant({ audio: { id: "audio_1" } })],
    ["messages[].tool_calls[].custom", assistant({ tool_calls: [{ id: "c", type: "custom", custom: { name: "f" } }] })],
    ["messages[].content[].type", userSays({ type: "video_url" })],
    ["messages[].content[].file.file_id", userSays({ type: "file", file: { file_id: "file-1" } })],
    ["tools[].custom", { tools: [{ type: "custom", custom: { name: "f" } }] }],
    ["tools[].type", { tools: [{ type: "novel" }] }],
    [
      "tool_choice.allowed_tools",
      { tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } } },
    ],
    ["tool_choice.custom", { tool_choice: { type: "custom", custom: { name: "f" } } }],
    ["response_format.type", { response_format: { type: "grammar" } }],
  ])("is refused where it does: %s", (field, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: "untranslatable", field }));
  });

  test.each([
    ["messages[]", { messages: ["a"] }],
    ["messages[].role", { messages: [{ content: "a" }] }],
    ["messages[].content", { messages: [{ role: "user" }] }],
    ["messages[].content", { messages: [{ role: "user", content: 7 }] }],
    ["messages[].name", { messages: [{ role: "user", content: "a", name: 7 }] }],
    ["messages[].content[]", { messages: [{ role: "user", content: ["a"] }] }],
    ["messages[].content[].text", userSays({ type: "text" })],
    ["messages[].content[].image_url", userSays({ type: "image_url", image_url: "https://a.example" })],
    ["messages[].content[].image_url.url", userSays({ type: "image_url", image_url: { url: "data:image/png,abc" } })],
    ["messages[].content[].image_url.url", userSays({ type: "image_url", image_url: { url: "data:;base64,YQ==" } })],
    ["messages[].content[].file.file_data", userSays({ type: "file", file: { file_data: "JVBERi0=" } })],
    ["messages[].content[].input_audio.format", userSays({ type: "input_audio", input_audio: { data: "a" } })],
    ["messages[].content[].type", userSays({ type: "refusal", refusal: "a" })],
    [
      "messages[].content[].type",
      { messages: [{ role: "system", content: [{ type: "image_url", image_url: { url: "u" } }] }] },
    ],
    ["messages[].content[].type", assistant({ content: [{ type: "image_url", image_url: { url: "u" } }] })],
    ["messages[].tool_calls", assistant({ tool_calls: {} })],
    ["messages[].tool_calls[].id", assistant({ tool_calls: [{ function: { name: "f", arguments: "{}" } }] })],
    [
      "messages[].tool_calls[].function.arguments",
      assistant({ tool_calls: [{ id: "c", function: { name: "f", arguments: {} } }] }),
    ],
    ["messages[].tool_call_id", { messages: [{ role: "tool", content: "a" }] }],
    ["stop[]", { stop: [7] }],
    ["seed", { seed: 1.5 }],
    ["top_p", { top_p: "1" }],
    ["tool_choice", { tool_choice: "sometimes" }],
    ["metadata.*", { metadata: { a: 1 } }],
    ["response_format.json_schema", { response_format: { type: "json_schema" } }],
    ["tools[].function.name", { tools: [{ type: "function", function: { name: "" } }] }],
    ["tools[].function.parameters", { tools: [{ type: "function", function: { name: "f", parameters: [] } }] }],
    ["parallel_tool_calls", { parallel_tool_calls: "yes" }],
  ])("malformed: %s in %j", (field, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: "invalid_request", field }));
  });
});
