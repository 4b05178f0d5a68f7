import { describe, expect, test } from "vitest";
import type { Conversation, Part } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { noQuirks, type Quirks } from "../../../spec/quirks.ts";
import { writeConversation } from "./write-conversation.ts";

const write = (more: Partial<Conversation>, quirks: Quirks = noQuirks) =>
  writeConversation(
    { model: "gemini-3.7-flash", stream: false, system: [], turns: [], tools: [], settings: {}, ...more },
    { quirks },
  );
const user = (...parts: Part[]) => ({ role: "user" as const, parts });
const assistant = (...parts: Part[]) => ({ role: "assistant" as const, parts });
const call = (id: string, name: string, argumentsText = "{}"): Part => ({ type: "tool-call", id, name, argumentsText });
const result = (callId: string, text: string, isError = false): Part => ({
  type: "tool-result",
  callId,
  parts: [{ type: "text", text }],
  isError,
});

const refused = (more: Partial<Conversation>, quirks?: Quirks) => () => write(more, quirks);
const tool = (name: string, strict: boolean | null) => ({ name, description: null, parameters: null, strict });

describe("writing a request", () => {
  test("a whole conversation", () => {
    const { body, dropped, approximated } = write({
      system: [{ type: "text", text: "Be brief." }],
      turns: [
        user(
          { type: "text", text: "Look" },
          { type: "image", source: { kind: "url", url: "https://example.com/a.webp" } },
        ),
        assistant(
          { type: "reasoning", text: "Hm", signature: "c2ln", redacted: null, id: null },
          {
            type: "tool-call",
            id: "toolu_1",
            name: "f",
            argumentsText: `{ "a": 1 }`,
            signature: "cGFydA==",
          },
        ),
        user(result("toolu_1", "42"), { type: "text", text: "Go on" }),
      ],
      tools: [{ name: "f", description: "F", parameters: { type: "object", properties: {} }, strict: null }],
      settings: {
        outputTokensMax: 10,
        stop: ["x"],
        toolChoice: { kind: "any" },
        format: { kind: "json-schema", name: null, description: "d", schema: { type: "object" }, strict: true },
        reasoning: { effort: "high", budgetTokens: null, show: true },
        serviceTier: "standard_only",
      },
    });
    expect(body).toEqual({
      contents: [
        {
          role: "user",
          parts: [{ text: "Look" }, { fileData: { mimeType: "image/webp", fileUri: "https://example.com/a.webp" } }],
        },
        {
          role: "model",
          parts: [
            { text: "Hm", thought: true, thoughtSignature: "c2ln" },
            { functionCall: { id: "toolu_1", name: "f", args: { a: 1 } }, thoughtSignature: "cGFydA==" },
          ],
        },
        {
          role: "user",
          parts: [{ functionResponse: { id: "toolu_1", name: "f", response: { output: "42" } } }, { text: "Go on" }],
        },
      ],
      systemInstruction: { parts: [{ text: "Be brief." }] },
      tools: [
        {
          functionDeclarations: [
            { name: "f", description: "F", parametersJsonSchema: { type: "object", properties: {} } },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: "ANY" } },
      generationConfig: {
        maxOutputTokens: 10,
        stopSequences: ["x"],
        responseMimeType: "application/json",
        responseJsonSchema: { type: "object" },
        thinkingConfig: { thinkingLevel: "HIGH", includeThoughts: true },
      },
      serviceTier: "standard",
    });
    expect({ dropped, approximated }).toEqual({ dropped: ["format-schema-description"], approximated: [] });
  });

  test("calls of one step stand together and so do their results", () => {
    const { body } = write({
      turns: [
        user({ type: "text", text: "a" }),
        user({ type: "text", text: "b" }),
        assistant({ type: "text", text: "" }, call("1", "f")),
        assistant(call("2", "g", "")),
        user(result("1", "x")),
        user(result("2", "y", true)),
        user({ type: "text", text: "c" }),
        assistant({ type: "reasoning", text: "", signature: null, redacted: null, id: null }),
      ],
    });
    expect(body["contents"]).toEqual([
      { role: "user", parts: [{ text: "a" }] },
      { role: "user", parts: [{ text: "b" }] },
      {
        role: "model",
        parts: [
          { functionCall: { id: "1", name: "f", args: {} }, thoughtSignature: "skip_thought_signature_validator" },
          { functionCall: { id: "2", name: "g", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "1", name: "f", response: { output: "x" } } },
          { functionResponse: { id: "2", name: "g", response: { error: "y" } } },
        ],
      },
      { role: "user", parts: [{ text: "c" }] },
    ]);
  });

  test.each([
    ["gemini-2.5-pro", false],
    ["gemma-4-31b", false],
    ["gemini-3-flash-preview", true],
    ["gemini-4-argon", true],
    ["gemini-flash-latest", true],
  ])("%s is given something in a lost signature's place: %s", (model, signed) => {
    const { body, approximated } = write({ model, turns: [assistant(call("1", "f"))] });
    expect(JSON.stringify(body).includes("skip_thought_signature_validator")).toBe(signed);
    expect(approximated).toEqual(signed ? ["tool-call without its signature"] : []);
  });

  test("media in a result follow its text", () => {
    const image: Part = { type: "image", source: { kind: "base64", mediaType: "image/png", data: "iVBO" } };
    const parts = [image, { type: "text" as const, text: "a" }, { type: "text" as const, text: "b" }];
    const turns = [assistant(call("1", "f")), user({ type: "tool-result", callId: "1", parts, isError: false })];
    const { body, approximated } = write({ model: "gemini-2.5-flash", turns });
    expect(body["contents"]).toMatchObject([
      {},
      {
        parts: [
          {
            functionResponse: {
              response: { output: ["a", "b"] },
              parts: [{ inlineData: { mimeType: "image/png", data: "iVBO" } }],
            },
          },
        ],
      },
    ]);
    expect(approximated).toEqual([]);
  });

  type Wish = [string | null, number | null];
  test.each<[string, Wish, JsonObject, string[], string[]]>([
    ["gemini-3.7-flash", ["medium", null], { thinkingLevel: "MEDIUM" }, [], []],
    ["gemini-3.7-flash", ["none", null], { thinkingLevel: "LOW" }, [], ["reasoning-effort as thinkingLevel LOW"]],
    [
      "gemini-3.7-flash",
      ["xhigh", 5_000],
      { thinkingLevel: "HIGH" },
      ["reasoning-budget"],
      ["reasoning-effort as thinkingLevel HIGH"],
    ],
    ["gemini-3.7-flash", [null, 5_000], { thinkingBudget: 5_000 }, [], []],
    ["gemini-3.7-flash", [null, 0], { thinkingLevel: "LOW" }, [], ["reasoning-budget as thinkingLevel LOW"]],
    ["gemini-2.5-flash", ["low", null], { thinkingBudget: 1_024 }, [], ["reasoning-effort as thinkingBudget 1024"]],
    ["gemini-2.5-flash", ["none", null], { thinkingBudget: 0 }, [], ["reasoning-effort as thinkingBudget 0"]],
    ["gemini-2.5-pro", ["none", null], { thinkingBudget: 128 }, [], ["reasoning-effort as thinkingBudget 128"]],
    [
      "gemini-2.5-pro",
      ["high", 40_000],
      { thinkingBudget: 32_768 },
      ["reasoning-effort"],
      ["reasoning-budget as thinkingBudget 32768"],
    ],
    ["gemini-2.5-flash-lite", [null, 100], { thinkingBudget: 512 }, [], ["reasoning-budget as thinkingBudget 512"]],
  ])("%s thinks as asked by %j", (model, [effort, budgetTokens], thinkingConfig, dropped, approximated) => {
    const written = write({ model, settings: { reasoning: { effort, budgetTokens, show: null } } });
    expect(written).toEqual({ body: { contents: [], generationConfig: { thinkingConfig } }, dropped, approximated });
  });

  test("what has no like is refused by concept", () => {
    const lost = expect.objectContaining({ code: "untranslatable", field: "tool-result" });
    expect(refused({ turns: [user(result("1", "x"))] })).toThrow(lost);
    const argumentsText = expect.objectContaining({ code: "untranslatable", field: "tool-call" });
    for (const text of ["[1]", "{", `"x"`])
      expect(refused({ turns: [assistant(call("1", "f", text))] })).toThrow(argumentsText);
    const format = { kind: "json-schema" as const, name: null, description: null, schema: {}, strict: null };
    const schema = expect.objectContaining({ code: "untranslatable", field: "format-schema" });
    expect(refused({ settings: { format } }, { ...noQuirks, jsonSchema: "none" })).toThrow(schema);
  });

  test("strict tools are validated ones; a tier that Google has not is named", () => {
    const written = write({ tools: [tool("a", true), tool("b", false)], settings: { serviceTier: "scale" } });
    expect(written.body["toolConfig"]).toEqual({ functionCallingConfig: { mode: "VALIDATED" } });
    expect(written.dropped).toEqual(["service-tier"]);
    expect(written.approximated).toEqual(["tool-strict of some tools as of all"]);
    expect(write({ settings: { toolChoice: { kind: "none" } } }).body).toEqual({ contents: [] });
  });
});
