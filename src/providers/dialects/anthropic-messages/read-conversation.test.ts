import { describe, expect, test } from "vitest";
import type { Conversation } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ConversationReading } from "../../../spec/codec.ts";
import { fields } from "./fields.ts";
import { readConversation } from "./read-conversation.ts";
import { readRequest } from "./read-request.ts";

const base = { model: "claude-opus-4-8", max_tokens: 1024, messages: [{ role: "user", content: "Hello" }] };

function read(more: JsonObject): ConversationReading {
  return readConversation(readRequest({ ...base, ...more }, 1));
}

function readBlocks(...content: JsonObject[]): ConversationReading {
  return read({ messages: [{ role: "user", content }] });
}

const settingsOf = (more: JsonObject): Conversation["settings"] => read(more).conversation.settings;
const failure = (code: string, field: string): unknown => expect.objectContaining({ code, field });

describe("a request as the documentation writes it", () => {
  // After platform.claude.com "Tool use with Claude" and "Prompt caching", read 2026-11-21.
  test("system blocks, tools, a round of tool use and thinking", () => {
    const { conversation, dropped } = read({
      stream: true,
      system: [
        { type: "text", text: "You read books." },
        { type: "text", text: "<book>", cache_control: { type: "ephemeral", ttl: "1h" } },
      ],
      messages: [
        { role: "user", content: "What is the weather in Paris?" },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "They ask for Paris.", signature: "EqQBCgIYAhIM" },
            { type: "redacted_thinking", data: "EmwKAhgBEgy3va3pzix" },
            { type: "text", text: "I'll look." },
            {
              type: "tool_use",
              id: "toolu_1",
              name: "get_weather",
              input: { city: "Paris" },
              caller: { type: "direct" },
            },
          ],
        },
        {
          role: "user",
          content: [
            {
              type: "tool_result",
              tool_use_id: "toolu_1",
              content: "15 degrees",
              cache_control: { type: "ephemeral" },
            },
            { type: "tool_result", tool_use_id: "toolu_2", is_error: true, content: [{ type: "text", text: "down" }] },
            { type: "text", text: "Go on." },
          ],
        },
      ],
      tools: [
        {
          type: "custom",
          name: "get_weather",
          description: "Weather",
          strict: true,
          input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
          cache_control: { type: "ephemeral" },
        },
      ],
      tool_choice: { type: "tool", name: "get_weather", disable_parallel_tool_use: true },
      metadata: { user_id: "u1" },
      stop_sequences: ["END"],
      service_tier: "standard_only",
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
    });
    expect(dropped).toEqual([]);
    expect(conversation).toEqual({
      model: "claude-opus-4-8",
      stream: true,
      system: [
        { type: "text", text: "You read books." },
        { type: "text", text: "<book>", cache: { lifetime: "1h" } },
      ],
      turns: [
        { role: "user", parts: [{ type: "text", text: "What is the weather in Paris?" }] },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "They ask for Paris.", signature: "EqQBCgIYAhIM", redacted: null, id: null },
            { type: "reasoning", text: "", signature: null, redacted: "EmwKAhgBEgy3va3pzix", id: null },
            { type: "text", text: "I'll look." },
            { type: "tool-call", id: "toolu_1", name: "get_weather", argumentsText: '{"city":"Paris"}' },
          ],
        },
        {
          role: "user",
          parts: [
            {
              type: "tool-result",
              callId: "toolu_1",
              parts: [{ type: "text", text: "15 degrees" }],
              isError: false,
              cache: { lifetime: null },
            },
            { type: "tool-result", callId: "toolu_2", parts: [{ type: "text", text: "down" }], isError: true },
            { type: "text", text: "Go on." },
          ],
        },
      ],
      tools: [
        {
          name: "get_weather",
          description: "Weather",
          parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
          strict: true,
          cache: { lifetime: null },
        },
      ],
      settings: {
        outputTokensMax: 1024,
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        stop: ["END"],
        toolChoice: { kind: "tool", name: "get_weather" },
        parallelToolCalls: false,
        user: "u1",
        serviceTier: "standard_only",
      },
    });
  });

  // After platform.claude.com "Vision" and "PDF support", read 2026-11-21.
  test("pictures and documents", () => {
    const { conversation, dropped } = readBlocks(
      { type: "image", source: { type: "base64", media_type: "image/png", data: "iVBO" } },
      { type: "image", source: { type: "url", url: "https://a/b.png" }, transformations: { oversized_image: "error" } },
      {
        type: "document",
        source: { type: "base64", media_type: "application/pdf", data: "JVBE" },
        title: "Report",
        context: "of 2025",
        citations: { enabled: false },
      },
      { type: "document", source: { type: "url", url: "https://a/b.pdf" } },
      { type: "document", source: { type: "text", media_type: "text/plain", data: "Grass is green." }, title: "Facts" },
    );
    expect(conversation.turns[0]?.parts).toEqual([
      { type: "image", source: { kind: "base64", mediaType: "image/png", data: "iVBO" } },
      { type: "image", source: { kind: "url", url: "https://a/b.png" } },
      { type: "document", source: { kind: "base64", mediaType: "application/pdf", data: "JVBE" }, name: "Report" },
      { type: "document", source: { kind: "url", url: "https://a/b.pdf" } },
      { type: "text", text: "Grass is green." },
    ]);
    expect(dropped).toEqual([
      "messages[].content[].transformations",
      "messages[].content[].context",
      "messages[].content[].title",
    ]);
  });

  test("instructions before the first turn join the system prompt, later ones stay where they are", () => {
    const system = { role: "system", content: "Be brief." };
    const user = { role: "user", content: "Hello" };
    const { conversation } = read({ system: "First.", messages: [system, user, system] });
    expect(conversation.system.map(({ text }) => text)).toEqual(["First.", "Be brief."]);
    expect(conversation.turns.map(({ role }) => role)).toEqual(["user", "system"]);
  });
});

describe("settings", () => {
  const schema = { type: "object", properties: {} };

  test.each<[JsonObject, unknown]>([
    [{ thinking: { type: "disabled" } }, { effort: "none", budgetTokens: null, show: null }],
    [{ thinking: { type: "enabled", budget_tokens: 2048 } }, { effort: null, budgetTokens: 2048, show: null }],
    [
      { thinking: { type: "enabled", budget_tokens: 2048, display: "omitted" } },
      { effort: null, budgetTokens: 2048, show: false },
    ],
    [{ thinking: { type: "adaptive" } }, { effort: "high", budgetTokens: null, show: null }],
    [
      { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
      { effort: "low", budgetTokens: null, show: true },
    ],
    [{ thinking: { type: "between_tools" } }, { effort: "minimal", budgetTokens: null, show: null }],
    [{ output_config: { effort: "max" } }, { effort: "max", budgetTokens: null, show: null }],
  ])("thinking: %j", (given, expected) => {
    expect(settingsOf(given).reasoning).toEqual(expected);
  });

  test("the schema of an answer, in its place and in its older one", () => {
    const expected = { kind: "json-schema", name: null, description: null, schema, strict: true };
    expect(settingsOf({ output_config: { format: { type: "json_schema", schema } } }).format).toEqual(expected);
    expect(settingsOf({ output_format: { type: "json_schema", schema } }).format).toEqual(expected);
  });

  test("nothing is said where nothing was", () => {
    expect(settingsOf({ tools: null, tool_choice: null, thinking: null, output_config: {} })).toEqual({
      outputTokensMax: 1024,
    });
  });
});

describe("what cannot be carried", () => {
  test.each<[string, JsonObject]>([
    ["novel_field", { novel_field: 1 }],
    ["constructor", { constructor: 1 }],
    ["container", { container: "c_1" }],
    ["mcp_servers", { mcp_servers: [{ type: "url" }] }],
    ["context_management", { context_management: { edits: [{ type: "clear_tool_uses_20250919" }] } }],
    ["inference_geo", { inference_geo: "us" }],
    ["max_tokens", { max_tokens: 0 }],
    ["tools[0].type", { tools: [{ type: "web_search_20260318", name: "web_search" }] }],
    ["tools[0].type", { tools: [{ type: "bash_20250124", name: "bash" }] }],
  ])("refuses %s", (field, more) => {
    expect(() => read(more)).toThrow(failure("untranslatable", field) as Error);
  });

  test.each<[string, JsonObject]>([
    ["messages[0].content[0]", { type: "search_result", title: "x", source: "y", content: [] }],
    ["messages[0].content[0]", { type: "server_tool_use", id: "x", name: "web_search", input: {} }],
    ["messages[0].content[0]", { type: "novel" }],
    ["messages[0].content[0].source.type", { type: "image", source: { type: "file", file_id: "f" } }],
    [
      "messages[0].content[0].citations",
      { type: "document", source: { type: "url", url: "u" }, citations: { enabled: true } },
    ],
    [
      "messages[0].content[0].caller",
      { type: "tool_use", id: "x", name: "f", input: {}, caller: { type: "code_execution_20260120", tool_id: "t" } },
    ],
    [
      "messages[0].content[0].content[0]",
      { type: "tool_result", tool_use_id: "x", content: [{ type: "tool_reference", tool_name: "f" }] },
    ],
  ])("refuses %s: %j", (field, block) => {
    expect(() => readBlocks(block)).toThrow(failure("untranslatable", field) as Error);
  });

  test("names what it leaves out, once and without indexes", () => {
    const text = { type: "text", text: "x", citations: [{}] };
    const { dropped } = read({
      cache_control: { type: "ephemeral" },
      diagnostics: {},
      speed: "fast",
      messages: [{ role: "user", content: [text, text], id: "m1" }],
      tools: [{ name: "f", input_schema: {}, input_examples: [{}], defer_loading: true }],
      output_config: { task_budget: { type: "tokens", total: 9 } },
      metadata: { team: "a" },
      context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
      mcp_servers: [],
      container: null,
    });
    expect(dropped.toSorted()).toEqual([
      "cache_control",
      "context_management",
      "diagnostics",
      "mcp_servers",
      "messages[].content[].citations",
      "messages[].id",
      "metadata.team",
      "output_config.task_budget",
      "speed",
      "tools[].defer_loading",
      "tools[].input_examples",
    ]);
  });

  test.each<[string, JsonObject]>([
    ["messages[0].role", { messages: [{ role: "tool", content: "x" }] }],
    ["messages[0]", { messages: ["x"] }],
    ["messages[0].content", { messages: [{ role: "user" }] }],
    ["messages[0].content[0].text", { messages: [{ role: "user", content: [{ type: "text", text: 1 }] }] }],
    [
      "messages[0].content[0].input",
      { messages: [{ role: "user", content: [{ type: "tool_use", id: "", name: "" }] }] },
    ],
    ["system[0].type", { system: [{ type: "image" }] }],
    [
      "system[0].cache_control.ttl",
      { system: [{ type: "text", text: "x", cache_control: { type: "ephemeral", ttl: "1d" } }] },
    ],
    ["tools[0].input_schema", { tools: [{ name: "f" }] }],
    ["tool_choice.type", { tool_choice: { type: "some" } }],
    ["thinking.budget_tokens", { thinking: { type: "enabled" } }],
    ["stop_sequences[0]", { stop_sequences: [1] }],
    ["service_tier", { service_tier: 1 }],
    ["output_config.format.type", { output_config: { format: { type: "regex" } } }],
  ])("names a malformed field: %s", (field, more) => {
    expect(() => read(more)).toThrow(failure("invalid_request", field) as Error);
  });

  test("reads without changing what it reads", () => {
    const body = { ...base, system: [{ type: "text", text: "x" }], tools: [{ name: "f", input_schema: {} }] };
    const before = structuredClone(body);
    readConversation(readRequest(body, 1));
    expect(body).toEqual(before);
  });
});

test("every field that is read has a row", () => {
  for (const name of ["system", "tools", "tool_choice", "thinking", "output_config", "output_format", "metadata"]) {
    expect(fields.request).toHaveProperty([name]);
  }
});
