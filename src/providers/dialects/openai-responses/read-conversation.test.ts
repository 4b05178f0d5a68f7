import { describe, expect, test } from "vitest";
import type { Conversation } from "../../../spec/conversation.ts";
import type { ConversationReading } from "../../../spec/codec.ts";
import { codec } from "./codec.ts";
import { requestFields } from "./request-table.ts";
import { readRequest } from "./read-request.ts";

const reading = (body: object): ConversationReading =>
  codec.readConversation(readRequest({ model: "m", input: "Hi", ...body }, 1));
const conversationOf = (body: object): Conversation => reading(body).conversation;
const settingsOf = (body: object): Conversation["settings"] => conversationOf(body).settings;
const inputOf = (...input: object[]): ConversationReading => reading({ input });

describe("a request of Codex", () => {
  // openai/codex codex-rs: codex-api/src/common.rs (ResponsesApiRequest), protocol/src/models.rs (ResponseItem) and
  // core/src/client.rs, as stored on 2026-11-21; texts are ours.
  const body = {
    model: "gpt-x",
    instructions: "You are a coding agent.",
    input: [
      { type: "message", role: "developer", content: [{ type: "input_text", text: "Sandbox: read only." }] },
      { type: "message", role: "user", content: [{ type: "input_text", text: "List the files." }] },
      { type: "reasoning", summary: [{ type: "summary_text", text: "I list." }], encrypted_content: "gAAA==" },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "Listing." }] },
      { type: "function_call", name: "shell", arguments: `{"command":["ls"]}`, call_id: "call_1" },
      { type: "function_call", name: "shell", arguments: `{"command":["pwd"]}`, call_id: "call_2" },
      { type: "function_call_output", call_id: "call_1", output: "a.ts\n" },
      { type: "function_call_output", call_id: "call_2", output: [{ type: "input_text", text: "/home" }] },
    ],
    tools: [
      {
        type: "function",
        name: "shell",
        description: "Runs a command.",
        strict: false,
        parameters: { type: "object", properties: { command: { type: "array" } } },
      },
    ],
    tool_choice: "auto",
    parallel_tool_calls: true,
    reasoning: { effort: "medium", summary: "auto" },
    store: false,
    stream: true,
    include: ["reasoning.encrypted_content"],
    prompt_cache_key: "thread_1",
    text: { verbosity: "low" },
    client_metadata: { origin: "cli" },
  };

  test("is read whole", () => {
    const { conversation, dropped } = reading(body);
    expect(conversation).toEqual({
      model: "gpt-x",
      stream: true,
      system: [
        { type: "text", text: "You are a coding agent." },
        { type: "text", text: "Sandbox: read only." },
      ],
      turns: [
        { role: "user", parts: [{ type: "text", text: "List the files." }] },
        {
          role: "assistant",
          parts: [
            { type: "reasoning", text: "I list.", signature: "gAAA==", redacted: null, id: null },
            { type: "text", text: "Listing." },
            { type: "tool-call", id: "call_1", name: "shell", argumentsText: `{"command":["ls"]}` },
            { type: "tool-call", id: "call_2", name: "shell", argumentsText: `{"command":["pwd"]}` },
          ],
        },
        {
          role: "user",
          parts: [
            { type: "tool-result", callId: "call_1", parts: [{ type: "text", text: "a.ts\n" }], isError: false },
            { type: "tool-result", callId: "call_2", parts: [{ type: "text", text: "/home" }], isError: false },
          ],
        },
      ],
      tools: [
        {
          name: "shell",
          description: "Runs a command.",
          strict: null,
          parameters: { type: "object", properties: { command: { type: "array" } } },
        },
      ],
      settings: {
        toolChoice: { kind: "auto" },
        parallelToolCalls: true,
        reasoning: { effort: "medium", budgetTokens: null, show: true },
        verbosity: "low",
      },
    });
    expect(dropped.toSorted()).toEqual(["client_metadata", "prompt_cache_key", "store"]);
  });
});

describe("input", () => {
  test("may be a plain text", () => {
    expect(conversationOf({ input: "Hello" }).turns).toEqual([
      { role: "user", parts: [{ type: "text", text: "Hello" }] },
    ]);
  });

  test("messages may leave out their type; results and what the caller says stay apart", () => {
    const turns = inputOf(
      { role: "user", content: "One" },
      { role: "user", content: "Two" },
      { type: "function_call_output", call_id: "c", output: "" },
      { role: "user", content: [] },
      { role: "system", content: "Mind your words." },
      { role: "assistant", content: [{ type: "refusal", refusal: "No." }] },
    ).conversation.turns;
    expect(turns).toEqual([
      { role: "user", parts: [{ type: "text", text: "One" }] },
      { role: "user", parts: [{ type: "text", text: "Two" }] },
      { role: "user", parts: [{ type: "tool-result", callId: "c", parts: [], isError: false }] },
      { role: "user", parts: [] },
      { role: "system", parts: [{ type: "text", text: "Mind your words." }] },
      { role: "assistant", parts: [{ type: "refusal", text: "No." }] },
    ]);
  });

  test("pictures, documents and sound", () => {
    const content = [
      { type: "input_image", image_url: "https://a.example/b.png", detail: "low" },
      { type: "input_image", image_url: "data:image/png;charset=x;base64,AA==" },
      { type: "input_file", file_url: "https://a.example/b.pdf", filename: "b.pdf" },
      { type: "input_file", file_data: "data:application/pdf;base64,BB==", filename: "c.pdf", detail: "high" },
      { type: "input_file", file_data: "CC==" },
      { type: "input_audio", input_audio: { data: "DD==", format: "wav" } },
      { type: "input_text", text: "Read.", prompt_cache_breakpoint: { mode: "explicit", ttl: "12h" } },
    ];
    const { conversation, dropped } = inputOf({ role: "user", content });
    expect(conversation.turns[0]?.parts).toEqual([
      { type: "image", source: { kind: "url", url: "https://a.example/b.png" }, detail: "low" },
      { type: "image", source: { kind: "base64", mediaType: "image/png", data: "AA==" } },
      { type: "document", source: { kind: "url", url: "https://a.example/b.pdf" }, name: "b.pdf" },
      { type: "document", source: { kind: "base64", mediaType: "application/pdf", data: "BB==" }, name: "c.pdf" },
      { type: "document", source: { kind: "base64", mediaType: "application/pdf", data: "CC==" } },
      { type: "audio", data: "DD==", format: "wav" },
      { type: "text", text: "Read.", cache: { lifetime: null } },
    ]);
    expect(dropped).toEqual(["input[].content[].detail", "input[].content[].prompt_cache_breakpoint.ttl"]);
  });

  test("thinking: several summaries, the thinking itself, hidden thinking, and ids that are not the provider's", () => {
    const summary = ["One.", "Two."].map((text) => ({ type: "summary_text", text }));
    const items = [
      { type: "reasoning", id: "rs_9", summary, encrypted_content: "e" },
      { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "Openly." }] },
      { type: "reasoning", id: "rs_8", summary: [], encrypted_content: "hidden" },
      { type: "reasoning", id: "rs_fr_1abc_0", summary: [{ type: "summary_text", text: "" }], encrypted_content: "s" },
    ];
    expect(inputOf(...items).conversation.turns).toEqual([
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "One.\n\nTwo.", signature: "e", redacted: null, id: "rs_9" },
          { type: "reasoning", text: "Openly.", signature: null, redacted: null, id: null },
          { type: "reasoning", text: "", signature: null, redacted: "hidden", id: "rs_8" },
          { type: "reasoning", text: "", signature: "s", redacted: null, id: null },
        ],
      },
    ]);
  });

  test("what has no place elsewhere is named, once and without indexes", () => {
    const text = { type: "output_text", text: "Hi", annotations: [{ type: "url_citation" }], logprobs: [], novel: 1 };
    const said = { type: "message", id: "msg_1", status: "completed", role: "assistant", phase: null, content: [text] };
    const call = { type: "function_call", id: "fc_1", call_id: "c", name: "f", arguments: "{}", status: "completed" };
    expect(inputOf(said, said, call).dropped.toSorted()).toEqual([
      "input[].content[].annotations",
      "input[].content[].novel",
      "input[].id",
      "input[].status",
    ]);
  });
});

describe("settings", () => {
  test("are read with the vendor's names", () => {
    const schema = { type: "object", properties: {} };
    const body = {
      max_output_tokens: 5,
      temperature: 0,
      top_p: 0.5,
      tool_choice: { type: "function", name: "f" },
      text: { format: { type: "json_schema", name: "n", description: "d", schema, strict: true } },
      safety_identifier: "u",
      metadata: { a: "b" },
      service_tier: "fast",
    };
    expect(settingsOf(body)).toEqual({
      outputTokensMax: 5,
      temperature: 0,
      topP: 0.5,
      toolChoice: { kind: "tool", name: "f" },
      format: { kind: "json-schema", name: "n", description: "d", schema, strict: true },
      user: "u",
      metadata: { a: "b" },
      serviceTier: "priority",
    });
  });

  test.each<[object, object]>([
    [{ tool_choice: "required" }, { toolChoice: { kind: "any" } }],
    [{ tool_choice: "none" }, { toolChoice: { kind: "none" } }],
    [{ text: { format: { type: "text" } } }, {}],
    [{ text: { format: { type: "json_object" } } }, { format: { kind: "json" } }],
    [{ reasoning: { generate_summary: "concise" } }, { reasoning: { effort: null, budgetTokens: null, show: true } }],
    [{ reasoning: { effort: null, summary: null } }, {}],
    [{ user: "a", safety_identifier: "b" }, { user: "b" }],
    [{ service_tier: "scale" }, {}],
    [{ temperature: null, tools: null, text: null, metadata: null }, {}],
  ])("%j", (body, settings) => {
    expect(settingsOf(body)).toEqual(settings);
  });

  test("a tool is strict only when it says so; the vendor's standard is no wish of the caller's", () => {
    const tools = [true, false, null, undefined].map((strict, index) => ({
      type: "function",
      name: `f${index}`,
      strict,
    }));
    expect(conversationOf({ tools }).tools.map(({ strict }) => strict)).toEqual([true, null, null, null]);
  });

  test("values that say nothing are not named", () => {
    const body = {
      background: false,
      top_logprobs: 0,
      truncation: "disabled",
      previous_response_id: null,
      include: [],
    };
    expect(reading(body).dropped).toEqual([]);
  });
});

describe("what cannot be said elsewhere is refused by name", () => {
  test.each<[string, object]>([
    ["previous_response_id", { previous_response_id: "resp_1" }],
    ["conversation", { conversation: "conv_1" }],
    ["background", { background: true }],
    ["prompt", { prompt: { id: "pmpt_1" } }],
    ["top_logprobs", { top_logprobs: 2 }],
    ["moderation", { moderation: { model: "m" } }],
    ["include", { include: ["message.output_text.logprobs"] }],
    ["presence_penalty", { presence_penalty: 1 }],
    ["tool_choice.type", { tool_choice: { type: "allowed_tools", mode: "auto", tools: [] } }],
    ["tools[].type", { tools: [{ type: "web_search" }] }],
    ["tools[].type", { tools: [{ type: "custom", name: "patch" }] }],
    ["tools[].type", { tools: [{ type: "novel" }] }],
    ["text.format.type", { text: { format: { type: "grammar" } } }],
    ["input[].type", { input: [{ type: "item_reference", id: "msg_1" }] }],
    ["input[].type", { input: [{ id: "msg_1" }] }],
    ["input[].type", { input: [{ type: "web_search_call", id: "ws_1" }] }],
    ["input[].type", { input: [{ type: "novel" }] }],
    [
      "input[].namespace",
      { input: [{ type: "function_call", call_id: "c", name: "f", arguments: "", namespace: "n" }] },
    ],
    ["input[].content[].type", { input: [{ role: "user", content: [{ type: "novel" }] }] }],
    ["input[].content[].file_id", { input: [{ role: "user", content: [{ type: "input_image", file_id: "file_1" }] }] }],
    [
      "input[].content[].type",
      { input: [{ role: "system", content: [{ type: "input_image", image_url: "https://a" }] }] },
    ],
  ])("%s", (field, body) => {
    expect(() => reading(body)).toThrow(
      expect.objectContaining({ code: "untranslatable", field, message: expect.stringContaining(`\`${field}\``) }),
    );
  });

  test("no kind that we know is refused as unknown", () => {
    for (const field of Object.keys(requestFields).filter((name) => name.includes("[] of type "))) {
      const [list = "", type] = field.split("[] of type ");
      expect(() => reading({ [list]: [{ type, name: "n" }] })).toThrow(
        new RegExp(`\`${list}\\[\\]\\.type\`.*${type}: `),
      );
    }
  });
});

describe("what is malformed is refused by name", () => {
  test.each<[string, object]>([
    ["instructions", { instructions: 7 }],
    ["input[]", { input: ["text"] }],
    ["input[].role", { input: [{ role: "tool", content: "x" }] }],
    ["input[].content", { input: [{ role: "user" }] }],
    ["input[].content[].text", { input: [{ role: "user", content: [{ type: "input_text" }] }] }],
    [
      "input[].content[].image_url",
      { input: [{ role: "user", content: [{ type: "input_image", image_url: { url: "x" } }] }] },
    ],
    ["input[].content[].file_data", { input: [{ role: "user", content: [{ type: "input_file" }] }] }],
    ["input[].call_id", { input: [{ type: "function_call_output", output: "x" }] }],
    ["input[].arguments", { input: [{ type: "function_call", call_id: "c", name: "f", arguments: {} }] }],
    ["input[].output", { input: [{ type: "function_call_output", call_id: "c", output: {} }] }],
    ["input[].summary", { input: [{ type: "reasoning", summary: "text" }] }],
    ["tools[].name", { tools: [{ type: "function" }] }],
    ["tools[].parameters", { tools: [{ type: "function", name: "f", parameters: "x" }] }],
    ["tool_choice", { tool_choice: "always" }],
    ["parallel_tool_calls", { parallel_tool_calls: "yes" }],
    ["text", { text: "json" }],
    ["text.format.schema", { text: { format: { type: "json_schema", name: "n" } } }],
    ["reasoning.effort", { reasoning: { effort: 3 } }],
    ["metadata", { metadata: { a: 1 } }],
    ["include", { include: "x" }],
    ["top_p", { top_p: "x" }],
  ])("%s", (field, body) => {
    expect(() => reading(body)).toThrow(expect.objectContaining({ code: "invalid_request", field }));
  });
});
