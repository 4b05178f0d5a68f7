import { describe, expect, test } from "vitest";
import type { Conversation, Part, Settings, Turn } from "../../../spec/conversation.ts";
import type { ConversationWriting } from "../../../spec/codec.ts";
import { noQuirks, type Quirks } from "../../../spec/quirks.ts";
import { writeConversation } from "./write-conversation.ts";

const text = (words: string): Part => ({ type: "text", text: words });
const user = (...parts: Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: Part[]): Turn => ({ role: "assistant", parts });
const call = (id: string): Part => ({ type: "tool-call", id, name: "f", argumentsText: "{}" });
const result = (callId: string): Part => ({ type: "tool-result", callId, parts: [], isError: false });
const write = (more: Partial<Conversation>, quirks: Partial<Quirks> = {}): ConversationWriting =>
  writeConversation(
    { model: "m", stream: false, system: [], turns: [user(text("a"))], tools: [], settings: {}, ...more },
    { quirks: { ...noQuirks, ...quirks } },
  );
const messagesOf = (...turns: Turn[]): unknown => write({ turns }).body["messages"];
const set = (settings: Settings, quirks: Partial<Quirks> = {}): ConversationWriting => write({ settings }, quirks);

describe("where servers depart from the dialect", () => {
  test("the output limit has the server's name for it", () => {
    expect(set({ outputTokensMax: 5 }).body).toMatchObject({ max_completion_tokens: 5 });
    expect(set({ outputTokensMax: 5 }, { outputLimitField: "max_tokens" }).body).toEqual({
      model: "m",
      messages: [{ role: "user", content: "a" }],
      max_tokens: 5,
    });
  });

  test("instructions have the server's role, wherever they stand", () => {
    const told = {
      system: [{ type: "text" as const, text: "s" }],
      turns: [user(text("a")), { role: "system" as const, parts: [text("b")] }],
    };
    const roles = (quirks: Partial<Quirks>): unknown =>
      (write(told, quirks).body["messages"] as { role: string }[]).map(({ role }) => role);
    expect(roles({})).toEqual(["system", "user", "system"]);
    expect(roles({ systemRole: "developer" })).toEqual(["developer", "user", "developer"]);
  });

  test("usage is asked for in streams, where the server takes the wish", () => {
    expect(write({ stream: true }).body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    expect(write({ stream: true }, { acceptsStreamUsage: false }).body).not.toHaveProperty("stream_options");
    expect(write({}).body).not.toHaveProperty("stream_options");
  });

  test("schemas are kept, or hints, or refused", () => {
    const format = {
      kind: "json-schema" as const,
      name: null,
      description: null,
      schema: { type: "object" },
      strict: true,
    };
    expect(set({ format })).toMatchObject({
      body: {
        response_format: {
          type: "json_schema",
          json_schema: { name: "answer", schema: { type: "object" }, strict: true },
        },
      },
      approximated: [],
    });
    expect(set({ format }, { jsonSchema: "hint" }).approximated).toEqual(["format-schema as a hint"]);
    expect(() => set({ format }, { jsonSchema: "none" })).toThrow(
      expect.objectContaining({ code: "untranslatable", field: "format-schema" }),
    );
    expect(set({ format: { kind: "json" } }, { jsonSchema: "none" }).body).toMatchObject({
      response_format: { type: "json_object" },
    });
  });

  test.each([
    ["flex", "flex", []],
    ["standard_only", "default", []],
    ["novel", undefined, ["service-tier"]],
  ])("the tier %s", (serviceTier, written, dropped) => {
    const { body, ...notes } = set({ serviceTier });
    expect(body["service_tier"]).toBe(written);
    expect(notes.dropped).toEqual(dropped);
  });
});

describe("messages", () => {
  test("every leading block is a message of one text", () => {
    const system = [
      { type: "text" as const, text: "one" },
      { type: "text" as const, text: "two" },
    ];
    expect(write({ system, turns: [] }).body["messages"]).toEqual([
      { role: "system", content: "one" },
      { role: "system", content: "two" },
    ]);
  });

  test("results stand directly after the calls, whatever was said between", () => {
    const turns = [
      assistant(call("1"), call("2")),
      user(text("first"), result("1")),
      user(result("2"), text("second")),
    ];
    expect(messagesOf(...turns)).toMatchObject([
      { role: "assistant", content: null, tool_calls: [{ id: "1" }, { id: "2" }] },
      { role: "tool", tool_call_id: "1", content: "" },
      { role: "tool", tool_call_id: "2", content: "" },
      { role: "user", content: "first" },
      { role: "user", content: "second" },
    ]);
    expect(write({ turns }).approximated).toEqual(["tool results moved before what was said beside them"]);
  });

  test("an assistant's texts stand before its calls", () => {
    const turns = [assistant(call("1"), text("a"), text("b"))];
    expect(messagesOf(...turns)).toMatchObject([
      {
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
        tool_calls: [{ id: "1" }],
      },
    ]);
    expect(write({ turns }).approximated).toEqual(["order of an assistant's parts"]);
  });

  test("turns of which nothing is left are no messages; thinking alone is one", () => {
    const thought: Part = { type: "reasoning", text: "why", signature: null, redacted: null, id: null };
    expect(messagesOf(user(), assistant(), { role: "system", parts: [] }, assistant(thought))).toEqual([
      { role: "assistant", reasoning_content: "why", content: "" },
    ]);
  });

  test("a call without arguments has an empty object, a file without a name gets one", () => {
    const file: Part = { type: "document", source: { kind: "base64", mediaType: "application/pdf", data: "YQ==" } };
    const silent: Part = { type: "tool-call", id: "1", name: "f", argumentsText: "" };
    expect(messagesOf(assistant(silent), user(file))).toMatchObject([
      { tool_calls: [{ function: { arguments: "{}" } }] },
      { content: [{ file: { filename: "document.pdf", file_data: "data:application/pdf;base64,YQ==" } }] },
    ]);
  });

  test.each([
    ["image", assistant({ type: "image", source: { kind: "url", url: "u" } })],
    ["tool-call", user(call("1"))],
    ["refusal", user({ type: "refusal", text: "a" })],
    [
      "image",
      { role: "system" as const, parts: [{ type: "image" as const, source: { kind: "url" as const, url: "u" } }] },
    ],
    [
      "document",
      user({
        type: "tool-result",
        callId: "1",
        parts: [{ type: "document", source: { kind: "url", url: "u" } }],
        isError: false,
      }),
    ],
  ])("refuses a part where no message has a place for it: %s", (field, turn) => {
    expect(() => messagesOf(turn)).toThrow(expect.objectContaining({ code: "untranslatable", field }));
  });
});
