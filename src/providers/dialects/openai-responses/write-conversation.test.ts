import { describe, expect, test } from "vitest";
import type { Conversation, Part, Settings, ToolSpec } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ConversationWriting } from "../../../spec/codec.ts";
import { noQuirks, type Quirks } from "../../../spec/quirks.ts";
import { codec } from "./codec.ts";

const question: Conversation = {
  model: "m",
  stream: false,
  system: [],
  turns: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
  tools: [],
  settings: {},
};
const writing = (more: Partial<Conversation>, quirks: Partial<Quirks> = {}): ConversationWriting =>
  codec.writeConversation({ ...question, ...more }, { quirks: { ...noQuirks, ...quirks } });
const bodyOf = (more: Partial<Conversation>, quirks: Partial<Quirks> = {}): JsonObject => ({
  ...writing(more, quirks).body,
});
const inputOf = (role: "user" | "assistant" | "system", parts: readonly Part[]): unknown =>
  bodyOf({ turns: [{ role, parts }] })["input"];
const settled = (settings: Settings, quirks: Partial<Quirks> = {}): JsonObject => {
  const { model: _model, input: _input, store: _store, include: _include, ...rest } = bodyOf({ settings }, quirks);
  return rest;
};
const text = (value: string): Part => ({ type: "text", text: value });

describe("a conversation", () => {
  // platform.openai.com/docs/guides/function-calling?api-mode=responses (tools, function_call, function_call_output),
  // read 2026-11-21; names are ours.
  test("with a round of tools", () => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const weather: ToolSpec = { name: "weather", description: "Tells it.", parameters, strict: true };
    const body = bodyOf({
      stream: true,
      system: [{ type: "text", text: "Be brief." }],
      turns: [
        { role: "user", parts: [text("Oslo?")] },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "Ask.", signature: "sig", redacted: null, id: "rs_1" },
            text("One moment."),
            { type: "tool-call", id: "call_1", name: "weather", argumentsText: `{"city":"Oslo"}` },
          ],
        },
        {
          role: "user",
          parts: [{ type: "tool-result", callId: "call_1", parts: [{ type: "text", text: "Rain" }], isError: false }],
        },
      ],
      tools: [weather],
      settings: { toolChoice: { kind: "tool", name: "weather" } },
    });
    expect(body).toEqual({
      model: "m",
      instructions: "Be brief.",
      input: [
        { type: "message", role: "user", content: [{ type: "input_text", text: "Oslo?" }] },
        { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Ask." }], encrypted_content: "sig" },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "One moment." }] },
        { type: "function_call", call_id: "call_1", name: "weather", arguments: `{"city":"Oslo"}` },
        { type: "function_call_output", call_id: "call_1", output: "Rain" },
      ],
      tools: [{ type: "function", name: "weather", description: "Tells it.", parameters, strict: true }],
      tool_choice: { type: "function", name: "weather" },
      store: false,
      include: ["reasoning.encrypted_content"],
      stream: true,
    });
  });

  test("asks for nothing that was not said", () => {
    expect(bodyOf({})).toEqual({
      model: "m",
      input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] }],
      store: false,
    });
  });

  test("several instructions stay apart, in the role that the server wants", () => {
    const system = [
      { type: "text" as const, text: "One." },
      { type: "text" as const, text: "Two." },
    ];
    const turns: Conversation["turns"] = [...question.turns, { role: "system", parts: [text("Three.")] }];
    const input = bodyOf({ system, turns }, { systemRole: "developer" })["input"];
    expect(input).toEqual([
      {
        type: "message",
        role: "developer",
        content: [
          { type: "input_text", text: "One." },
          { type: "input_text", text: "Two." },
        ],
      },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] },
      { type: "message", role: "developer", content: [{ type: "input_text", text: "Three." }] },
    ]);
  });

  test("pictures and documents; bytes get the name that the vendor wants", () => {
    const parts: Part[] = [
      { type: "image", source: { kind: "url", url: "https://a.example/b.png" }, detail: "high" },
      { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AA==" } },
      { type: "document", source: { kind: "url", url: "https://a.example/b.pdf" } },
      { type: "document", source: { kind: "base64", mediaType: "application/pdf", data: "BB==" } },
    ];
    expect(inputOf("user", parts)).toEqual([
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_image", image_url: "https://a.example/b.png", detail: "high" },
          { type: "input_image", image_url: "data:image/png;base64,AA==" },
          { type: "input_file", file_url: "https://a.example/b.pdf" },
          { type: "input_file", filename: "document.pdf", file_data: "data:application/pdf;base64,BB==" },
        ],
      },
    ]);
  });

  test("empty arguments become an object, empty results a text", () => {
    expect(inputOf("assistant", [{ type: "tool-call", id: "c", name: "f", argumentsText: "" }])).toMatchObject([
      { arguments: "{}" },
    ]);
    expect(inputOf("user", [{ type: "tool-result", callId: "c", parts: [], isError: false }])).toMatchObject([
      { output: "" },
    ]);
  });

  test("hidden thinking has no summary, a proof of hidden text an empty one", () => {
    const hidden = { type: "reasoning" as const, text: "", id: null };
    const parts: Part[] = [
      { ...hidden, signature: null, redacted: "r" },
      { ...hidden, signature: "s", redacted: null },
      { ...hidden, signature: null, redacted: null },
    ];
    expect(inputOf("assistant", parts)).toEqual([
      { type: "reasoning", summary: [], encrypted_content: "r" },
      { type: "reasoning", summary: [{ type: "summary_text", text: "" }], encrypted_content: "s" },
      { type: "reasoning", summary: [] },
    ]);
  });

  test.each<["user" | "assistant" | "system", Part]>([
    ["assistant", { type: "image", source: { kind: "url", url: "https://a" } }],
    ["system", { type: "image", source: { kind: "url", url: "https://a" } }],
    ["user", { type: "refusal", text: "No." }],
  ])("refuses what a message of %s cannot hold: %j", (role, part) => {
    expect(() => inputOf(role, [part])).toThrow(expect.objectContaining({ code: "untranslatable" }));
  });
});

describe("settings", () => {
  const schema = { type: "object" };
  const format = { kind: "json-schema" as const, name: null, description: null, schema, strict: null };

  test.each<[Settings, object]>([
    [
      { outputTokensMax: 9, temperature: 0, topP: 1 },
      { max_output_tokens: 9, temperature: 0, top_p: 1 },
    ],
    [
      { toolChoice: { kind: "any" }, parallelToolCalls: false },
      { tool_choice: "required", parallel_tool_calls: false },
    ],
    [{ toolChoice: { kind: "none" } }, { tool_choice: "none" }],
    [{ format: { kind: "json" }, verbosity: "low" }, { text: { format: { type: "json_object" }, verbosity: "low" } }],
    [{ format }, { text: { format: { type: "json_schema", name: "answer", schema } } }],
    [
      { reasoning: { effort: "high", budgetTokens: 7, show: true } },
      { reasoning: { effort: "high", summary: "auto" } },
    ],
    [{ reasoning: { effort: null, budgetTokens: null, show: false } }, {}],
    [
      { user: "u", metadata: { a: "b" } },
      { user: "u", metadata: { a: "b" } },
    ],
    [{ serviceTier: "flex" }, { service_tier: "flex" }],
  ])("%j", (settings, body) => {
    expect(settled(settings)).toEqual(body);
  });

  test.each([
    [0, "none"],
    [1_024, "low"],
    [8_192, "medium"],
    [8_193, "high"],
  ])("a budget of %i tokens is an effort: %s", (budgetTokens, effort) => {
    const { body, approximated } = writing({ settings: { reasoning: { effort: null, budgetTokens, show: null } } });
    expect(body["reasoning"]).toEqual({ effort });
    expect(body["include"]).toEqual(["reasoning.encrypted_content"]);
    expect(approximated).toEqual(["reasoning-budget as effort"]);
  });

  test("what is said in another way is named", () => {
    expect(writing({ settings: { serviceTier: "standard_only" } })).toMatchObject({
      body: { service_tier: "default" },
      approximated: ["service-tier standard_only as default"],
    });
    expect(writing({ settings: { format } }, { jsonSchema: "hint" }).approximated).toEqual(["format-schema as a hint"]);
  });

  test("a server that keeps no schema is not asked for one", () => {
    expect(() => writing({ settings: { format } }, { jsonSchema: "none" })).toThrow(
      expect.objectContaining({ code: "untranslatable", field: "format-schema" }),
    );
  });

  test("a tool that says nothing of strictness is not strict, as in other dialects", () => {
    const tool: ToolSpec = { name: "f", description: null, parameters: null, strict: null };
    expect(bodyOf({ tools: [tool] })["tools"]).toEqual([
      { type: "function", name: "f", parameters: null, strict: false },
    ]);
  });
});
