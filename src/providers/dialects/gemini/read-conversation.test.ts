import { describe, expect, test } from "vitest";
import type { Part } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { ConversationReading } from "../../../spec/codec.ts";
import { readConversation } from "./read-conversation.ts";
import { readRequest } from "./read-request.ts";

const path = { model: "gemini-3.7-flash", stream: false };
const read = (body: JsonObject): ConversationReading => readConversation(readRequest(body, 1, path));
const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
const user = (...parts: Part[]) => ({ role: "user" as const, parts });
const assistant = (...parts: Part[]) => ({ role: "assistant" as const, parts });
const call = (id: string, name: string, argumentsText = "{}"): Part => ({ type: "tool-call", id, name, argumentsText });
const result = (callId: string, text: string, isError = false): Part => ({
  type: "tool-result",
  callId,
  parts: [{ type: "text", text }],
  isError,
});

// The example of ai.google.dev/gemini-api/docs/function-calling with the settings of ai.google.dev/api/generate-content,
// in the curl pages' spelling; read 2026-11-21.
const documented: JsonObject = {
  system_instruction: { parts: { text: "You are a cat. Your name is Neko." } },
  contents: [
    {
      role: "user",
      parts: [{ text: "Turn the lights down" }, { inline_data: { mime_type: "image/jpeg", data: "/9j/" } }],
    },
    {
      role: "model",
      parts: [
        { functionCall: { name: "set_light_values", args: { brightness: 25 } }, thoughtSignature: "c2lnbmF0dXJl" },
      ],
    },
    { role: "user", parts: [{ functionResponse: { name: "set_light_values", response: { result: "ok" } } }] },
  ],
  tools: [
    {
      functionDeclarations: [
        {
          name: "set_light_values",
          description: "Sets the brightness.",
          parameters: {
            type: "object",
            properties: {
              brightness: { type: "INTEGER", description: "0 to 100", nullable: true },
              kind: { type: "STRING", format: "enum", enum: ["warm"] },
            },
            propertyOrdering: ["kind", "brightness"],
            required: ["brightness"],
          },
        },
      ],
    },
  ],
  toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["set_light_values"] } },
  safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
  generationConfig: {
    stopSequences: ["Title"],
    temperature: 1.0,
    maxOutputTokens: 800,
    topP: 0.8,
    topK: 10,
    candidateCount: 1,
    responseModalities: ["TEXT"],
    thinkingConfig: { thinkingLevel: "LOW", includeThoughts: true },
  },
};

const callOf = (id: string | null, name: string): JsonObject => ({
  functionCall: { ...(id === null ? {} : { id }), name },
});
const answerTo = (id: string | null, name: string): JsonObject => ({
  functionResponse: { ...(id === null ? {} : { id }), name, response: { output: name } },
});

const partsOf = (response: JsonObject): unknown =>
  read({
    contents: [{ parts: [{ functionCall: { name: "f" } }, { functionResponse: { name: "f", response } }] }],
  }).conversation.turns[0]?.parts[1];

const chunk = (part: JsonObject): JsonObject => ({ role: "model", parts: [part] });
const thought = (text: string, signature: string | null): Part => {
  return { type: "reasoning", text, signature, redacted: null, id: null };
};

describe("reading a request", () => {
  test("the documented example", () => {
    expect(read(documented)).toEqual({
      conversation: {
        model: "gemini-3.7-flash",
        stream: false,
        system: [{ type: "text", text: "You are a cat. Your name is Neko." }],
        turns: [
          user(
            { type: "text", text: "Turn the lights down" },
            { type: "image", source: { kind: "base64", mediaType: "image/jpeg", data: "/9j/" } },
          ),
          assistant({
            type: "tool-call",
            id: "call_0",
            name: "set_light_values",
            argumentsText: `{"brightness":25}`,
            signature: "c2lnbmF0dXJl",
          }),
          user(result("call_0", "ok")),
        ],
        tools: [
          {
            name: "set_light_values",
            description: "Sets the brightness.",
            parameters: {
              type: "object",
              properties: {
                kind: { type: "string", enum: ["warm"] },
                brightness: { type: ["integer", "null"], description: "0 to 100" },
              },
              required: ["brightness"],
            },
            strict: null,
          },
        ],
        settings: {
          outputTokensMax: 800,
          temperature: 1,
          topP: 0.8,
          topK: 10,
          stop: ["Title"],
          reasoning: { effort: "low", budgetTokens: null, show: true },
          toolChoice: { kind: "tool", name: "set_light_values" },
        },
      },
      dropped: ["safetySettings"],
    });
    const schema = read(documented).conversation.tools[0]?.parameters;
    expect(Object.keys(schema?.["properties"] ?? {})).toEqual(["kind", "brightness"]);
  });

  test("ids: the caller's, made ones that are not taken, results by id or by the tool's name in turn", () => {
    const { turns } = read({
      contents: [
        { role: "model", parts: [callOf(null, "a"), callOf("call_1", "b"), callOf(null, "a")] },
        { role: "function", parts: [answerTo("call_1", "b"), answerTo(null, "a"), answerTo(null, "a")] },
      ],
    }).conversation;
    expect(turns[0]?.parts.map((part) => part.type === "tool-call" && part.id)).toEqual(["call_0", "call_1", "call_2"]);
    expect(turns[1]?.role).toBe("user");
    expect(turns[1]?.parts.map((part) => part.type === "tool-result" && part.callId)).toEqual([
      "call_1",
      "call_0",
      "call_2",
    ]);
  });

  test.each<[JsonObject, string, boolean]>([
    [{ output: ["a"] }, `{"output":["a"]}`, false],
    [{ output: "a" }, "a", false],
    [{ result: "a" }, "a", false],
    [{ error: "a" }, "a", true],
    [{ error: { code: 1 } }, `{"code":1}`, true],
    [{ output: { x: 1 } }, `{"output":{"x":1}}`, false],
    [{ output: "a", more: 1 }, `{"output":"a","more":1}`, false],
  ])("the result %j is %s", (response, text, isError) => {
    const { turns } = read({
      contents: [{ parts: [{ functionCall: { name: "f" } }, { functionResponse: { name: "f", response } }] }],
    }).conversation;
    expect(turns[0]?.parts[1]).toEqual(result("call_0", text, isError));
  });

  test("a streamed answer that was kept chunk by chunk is one turn, each thought with its proof", () => {
    const { turns } = read({
      contents: [
        ...contents,
        chunk({ text: "Let me ", thought: true }),
        chunk({ text: "see.", thought: true }),
        chunk({ text: "", thought: true, thoughtSignature: "c2ln" }),
        chunk({ text: "Well", thought: true }),
        chunk({ text: "", thought: true }),
        chunk({ text: "Hm", thought: true }),
        chunk({ text: "Hel" }),
        chunk({ text: "lo" }),
        chunk({ text: "", thoughtSignature: "ZW5k" }),
        chunk({ functionCall: { id: "1", name: "f" } }),
        ...contents,
        ...contents,
      ],
    }).conversation;
    const hi = user({ type: "text", text: "Hi" });
    expect(turns).toEqual([
      hi,
      assistant(
        thought("Let me see.", "c2ln"),
        thought("Well", null),
        thought("Hm", null),
        { type: "text", text: "Hello" },
        { type: "text", text: "", signature: "ZW5k" },
        call("1", "f"),
      ),
      hi,
      hi,
    ]);
  });

  test("a result without words has none, a list of words keeps them apart", () => {
    const nothing = { type: "tool-result", callId: "call_0", parts: [], isError: false };
    expect(partsOf({})).toEqual(nothing);
    expect(partsOf({ output: "" })).toEqual(nothing);
    expect(partsOf({ error: "" })).toEqual({ ...nothing, isError: true });
    const texts = ["a", ""].map((text) => ({ type: "text", text }));
    expect(partsOf({ output: ["a", ""] })).toEqual({ ...nothing, parts: texts });
  });

  test("thoughts, documents, sound, files, and what stands in a signature's place", () => {
    const parts: JsonValue = [
      { text: "Hm", thought: true, thoughtSignature: "dGhvdWdodA==" },
      { text: "", thoughtSignature: "ZW5k" },
      { inlineData: { mimeType: "application/pdf", data: "JVBE", displayName: "a.pdf" } },
      { inlineData: { mimeType: "audio/mpeg", data: "SUQz" } },
      { fileData: { fileUri: "https://example.com/a.PNG?size=2" } },
      { fileData: { fileUri: "https://example.com/b", mimeType: "text/plain" } },
      { functionCall: { name: "f" }, thoughtSignature: "skip_thought_signature_validator", videoMetadata: null },
      { inlineData: { mimeType: "image/png", data: "iVBO" }, thoughtSignature: "eA==", newField: 1 },
    ];
    const { conversation, dropped } = read({ contents: [{ role: "model", parts }] });
    expect(conversation.turns[0]?.parts).toEqual([
      { type: "reasoning", text: "Hm", signature: "dGhvdWdodA==", redacted: null, id: null },
      { type: "text", text: "", signature: "ZW5k" },
      { type: "document", source: { kind: "base64", mediaType: "application/pdf", data: "JVBE" }, name: "a.pdf" },
      { type: "audio", data: "SUQz", format: "mp3" },
      { type: "image", source: { kind: "url", url: "https://example.com/a.PNG?size=2" } },
      { type: "document", source: { kind: "url", url: "https://example.com/b" } },
      call("call_0", "f"),
      { type: "image", source: { kind: "base64", mediaType: "image/png", data: "iVBO" } },
    ]);
    expect(dropped).toEqual(["contents[].parts[].newField", "contents[].parts[].thoughtSignature"]);
  });

  test.each<[JsonObject, JsonObject]>([
    [{ responseMimeType: "application/json" }, { format: { kind: "json" } }],
    [{ responseMimeType: "text/plain" }, {}],
    [
      {
        responseMimeType: "application/json",
        responseSchema: { type: "ARRAY", maxItems: "4", items: { type: "STRING" } },
      },
      {
        format: {
          kind: "json-schema",
          name: null,
          description: null,
          strict: null,
          schema: { type: "array", maxItems: 4, items: { type: "string" } },
        },
      },
    ],
    [
      { responseFormat: [{ text: { mimeType: "APPLICATION_JSON", schema: { type: "object" } } }] },
      { format: { kind: "json-schema", name: null, description: null, strict: null, schema: { type: "object" } } },
    ],
    [{ thinkingConfig: { thinkingBudget: -1 } }, {}],
    [{ thinkingConfig: { thinkingBudget: 0 } }, { reasoning: { effort: null, budgetTokens: 0, show: null } }],
    [
      { seed: 5, frequencyPenalty: 0.5, presencePenalty: -0.5, logprobs: 3 },
      { seed: 5, frequencyPenalty: 0.5, presencePenalty: -0.5 },
    ],
  ])("the settings %j", (generationConfig, settings) => {
    expect(read({ contents, generationConfig }).conversation.settings).toEqual(settings);
  });

  test.each([
    ["priority", "priority"],
    ["SERVICE_TIER_FLEX", "flex"],
    ["standard", "default"],
  ])("the tier %s is %s", (serviceTier, ours) => {
    expect(read({ contents, serviceTier }).conversation.settings).toEqual({ serviceTier: ours });
  });

  test("validated arguments are strict tools", () => {
    const tools = [{ functionDeclarations: [{ name: "f" }] }];
    const toolConfig = { functionCallingConfig: { mode: "VALIDATED" } };
    const { conversation } = read({ contents, tools, toolConfig });
    expect(conversation.tools).toEqual([{ name: "f", description: null, parameters: null, strict: true }]);
    expect(conversation.settings).toEqual({ toolChoice: { kind: "auto" } });
  });

  test.each<[JsonObject, string]>([
    [{ novel: 1 }, "novel"],
    [{ cachedContent: "cachedContents/1" }, "cachedContent"],
    [{ tools: [{ googleSearch: {} }] }, "tools[].googleSearch"],
    [{ generationConfig: { candidateCount: 2 } }, "generationConfig.candidateCount"],
    [{ generation_config: { response_modalities: ["IMAGE"] } }, "generationConfig.responseModalities"],
    [{ generationConfig: { responseMimeType: "text/x.enum" } }, "generationConfig.responseMimeType"],
    [{ contents: [{ parts: [{ executableCode: { code: "1" } }] }] }, "contents[].parts[].executableCode"],
    [{ contents: [{ parts: [{ novel: {} }] }] }, "contents[].parts[]"],
    [{ contents: [{ role: "tool", parts: [] }] }, "contents[].role"],
    [
      { contents: [{ parts: [{ fileData: { fileUri: "gs://bucket/a.png" } }] }] },
      "contents[].parts[].fileData.fileUri",
    ],
    [
      { contents: [{ parts: [{ fileData: { fileUri: "https://www.youtube.com/watch?v=1" } }] }] },
      "contents[].parts[].fileData.fileUri",
    ],
    [
      { contents: [{ parts: [{ inlineData: { mimeType: "video/mp4", data: "" } }] }] },
      "contents[].parts[].inlineData.mimeType",
    ],
    [{ contents: [{ parts: [{ functionResponse: { name: "f" } }] }] }, "contents[].parts[].functionResponse"],
    [{ systemInstruction: { parts: [{ inlineData: {} }] } }, "systemInstruction.parts[]"],
    [
      {
        tools: [{ functionDeclarations: [{ name: "a" }, { name: "b" }, { name: "c" }] }],
        toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["a", "b"] } },
      },
      "toolConfig.functionCallingConfig.allowedFunctionNames",
    ],
  ])("%j is refused by name", (body, field) => {
    expect(() => read({ contents, ...body })).toThrow(expect.objectContaining({ code: "untranslatable", field }));
  });

  test.each<[JsonObject, string]>([
    [{ contents: [1] }, "contents"],
    [{ contents: [{ parts: [{ text: 1 }] }] }, "contents[].parts[].text"],
    [{ contents: [{ parts: [{ functionCall: { args: {} } }] }] }, "contents[].parts[].functionCall.name"],
    [{ contents: [{ parts: [{ functionCall: { name: "f", args: "{}" } }] }] }, "contents[].parts[].functionCall.args"],
    [{ contents: [{ parts: [{ inlineData: { data: "" } }] }] }, "contents[].parts[].inlineData.mimeType"],
    [{ generationConfig: { topK: "4" } }, "generationConfig.topK"],
    [{ generationConfig: { stopSequences: [1] } }, "generationConfig.stopSequences"],
    [{ generationConfig: {}, generation_config: {} }, "generationConfig"],
    [
      { tools: [{ functionDeclarations: [{ name: "f", parameters: {}, parametersJsonSchema: {} }] }] },
      "tools[].functionDeclarations[].parameters",
    ],
  ])("%j is malformed", (body, field) => {
    expect(() => read({ contents, ...body })).toThrow(expect.objectContaining({ code: "invalid_request", field }));
  });

  test("leaves the caller's document alone", () => {
    const before = structuredClone(documented);
    read(documented);
    expect(documented).toEqual(before);
  });
});
