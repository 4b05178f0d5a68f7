import { describe, expect, test } from "vitest";
import type { Conversation, Part, Settings, Turn } from "../../../spec/conversation.ts";
import type { JsonObject } from "../../../spec/json.ts";
import type { ConversationWriting } from "../../../spec/codec.ts";
import { noQuirks } from "../../../spec/quirks.ts";
import { rulesOf } from "./model-rules.ts";
import { writeConversation } from "./write-conversation.ts";

const hello: Turn = { role: "user", parts: [{ type: "text", text: "Hello" }] };
const tool = { name: "f", description: null, parameters: { type: "object" }, strict: null };
const quirks = { quirks: noQuirks };

function write(more: Partial<Conversation>): ConversationWriting {
  const conversation: Conversation = {
    model: "claude-opus-4-6",
    stream: false,
    system: [],
    turns: [hello],
    tools: [],
    settings: { outputTokensMax: 10_000 },
    ...more,
  };
  return writeConversation(conversation, quirks);
}

const writeTurns = (...turns: Turn[]): ConversationWriting => write({ turns });
const messagesOf = ({ body }: ConversationWriting): JsonObject[] => body["messages"] as JsonObject[];
const user = (...parts: Part[]): Turn => ({ role: "user", parts });
const assistant = (...parts: Part[]): Turn => ({ role: "assistant", parts });
const text = (words: string): Part => ({ type: "text", text: words });
const call = (id: string): Part => ({ type: "tool-call", id, name: "f", argumentsText: '{"a": 1}' });
const result = (callId: string, words: string): Part => ({
  type: "tool-result",
  callId,
  parts: [{ type: "text", text: words }],
  isError: false,
});
const thought = (signature: string | null): Part => ({
  type: "reasoning",
  text: "hm",
  signature,
  redacted: null,
  id: null,
});

const document = (mediaType: string): Part => ({
  type: "document",
  source: { kind: "base64", mediaType, data: Buffer.from("é").toString("base64") },
  name: "n",
});

const toolsOf = (settings: Settings, tools = [tool]): JsonObject => {
  const { tools: written, tool_choice } = write({ tools, settings: { outputTokensMax: 9, ...settings } }).body;
  return { ...(written === undefined ? {} : { tools: written }), ...(tool_choice ? { tool_choice } : {}) };
};

const effort = (level: string): Settings["reasoning"] => ({ effort: level, budgetTokens: null, show: null });

const budget = (tokens: number): Settings["reasoning"] => ({ effort: null, budgetTokens: tokens, show: null });

const showing = (show: boolean): Settings => ({ reasoning: { effort: "low", budgetTokens: null, show } });

const writeFor = (model: string, settings: Settings): ConversationWriting =>
  write({ model, settings: { outputTokensMax: 9_000, ...settings } });

const tierOf = (serviceTier: string): unknown => writeFor("claude-opus-5", { serviceTier }).body["service_tier"];

test("the shortest request", () => {
  expect(write({})).toEqual({
    body: { model: "claude-opus-4-6", max_tokens: 10_000, messages: [{ role: "user", content: "Hello" }] },
    dropped: [],
    approximated: [],
  });
});

describe("turns", () => {
  test("results of tools come first in their message and together after their calls", () => {
    const written = writeTurns(
      assistant(text("First"), call("c1"), call("c2")),
      user(text("and?"), result("c1", "one")),
      user(result("c2", "two")),
    );
    expect(messagesOf(written)).toEqual([
      {
        role: "assistant",
        content: [
          { type: "text", text: "First" },
          { type: "tool_use", id: "c1", name: "f", input: { a: 1 } },
          { type: "tool_use", id: "c2", name: "f", input: { a: 1 } },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "c1", content: "one" },
          { type: "tool_result", tool_use_id: "c2", content: "two" },
          { type: "text", text: "and?" },
        ],
      },
    ]);
    const together = writeTurns(assistant(call("c1"), call("c2")), user(result("c1", "")), user(result("c2", "two")));
    expect(messagesOf(together)[1]).toEqual({
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "c1" },
        { type: "tool_result", tool_use_id: "c2", content: "two" },
      ],
    });
  });

  test("ids in letters that the API takes, the same for call and result", () => {
    const written = writeTurns(assistant(call("functions.f:0")), user(result("functions.f:0", "x")));
    expect(messagesOf(written)).toMatchObject([
      { content: [{ id: "functions_2ef_3a0" }] },
      { content: [{ tool_use_id: "functions_2ef_3a0" }] },
    ]);
    expect(written.approximated).toEqual(["tool-call id in other letters"]);
  });

  test("texts without a letter and turns without content are left out", () => {
    const written = writeTurns(hello, assistant(text("\n\n"), call("c1")), user(text("")), hello);
    expect(messagesOf(written).map(({ content }) => content)).toEqual([
      "Hello",
      [{ type: "tool_use", id: "c1", name: "f", input: { a: 1 } }],
      "Hello",
    ]);
    expect(written.dropped).toEqual(["text without a letter", "turn without content"]);
  });

  test("arguments that are no object are refused", () => {
    for (const argumentsText of ["[1]", "{", "x"]) {
      const odd: Part = { type: "tool-call", id: "c", name: "f", argumentsText };
      expect(() => writeTurns(assistant(odd))).toThrow(
        expect.objectContaining({ code: "invalid_request", field: "arguments" }) as Error,
      );
    }
    const empty: Part = { type: "tool-call", id: "c", name: "f", argumentsText: "" };
    expect(messagesOf(writeTurns(assistant(empty)))).toMatchObject([{ content: [{ input: {} }] }]);
  });

  test("thinking that nobody signed is left out, but for models that sign none", () => {
    const turns = [hello, assistant(thought(null), text("yes")), hello];
    const written = writeTurns(...turns);
    expect(messagesOf(written)[1]).toEqual({ role: "assistant", content: "yes" });
    expect(written.dropped).toEqual(["reasoning without a signature"]);
    expect(messagesOf(write({ model: "deepseek-v4-pro", turns }))[1]).toMatchObject({
      content: [{ type: "thinking", thinking: "hm", signature: "" }, { type: "text" }],
    });
  });

  test("thinking cannot end a message", () => {
    const written = writeTurns(hello, assistant(text("a"), thought("s")), hello);
    expect(messagesOf(written)[1]).toEqual({ role: "assistant", content: "a" });
    expect(written.dropped).toEqual(["reasoning that nothing follows"]);
  });

  test("a refusal is text, plain text documents are texts, other documents but PDF are refused", () => {
    expect(writeTurns(assistant({ type: "refusal", text: "No." }))).toMatchObject({
      body: { messages: [{ role: "assistant", content: "No." }] },
      approximated: ["refusal as text"],
    });
    expect(messagesOf(writeTurns(user(document("text/plain"))))[0]?.["content"]).toEqual([
      { type: "document", source: { type: "text", media_type: "text/plain", data: "é" }, title: "n" },
    ]);
    expect(() => writeTurns(user(document("application/zip")))).toThrow(
      expect.objectContaining({ code: "untranslatable" }) as Error,
    );
  });

  test("instructions between turns stay where the model takes them there", () => {
    const rule: Turn = { role: "system", parts: [{ type: "text", text: "Be brief." }] };
    const kept = write({ model: "claude-opus-4-8", turns: [hello, rule, assistant(text("a"))] });
    expect(messagesOf(kept).map(({ role }) => role)).toEqual(["user", "system", "assistant"]);
    expect(kept.approximated).toEqual([]);
    for (const [model, turns] of [
      ["claude-opus-4-6", [hello, rule, assistant(text("a"))]],
      ["claude-opus-4-8", [hello, rule, hello]],
      ["claude-opus-4-8", [assistant(text("a")), rule]],
    ] as const) {
      const moved = write({ model, turns, system: [{ type: "text", text: "First." }] });
      expect(moved.body["system"]).toEqual([
        { type: "text", text: "First." },
        { type: "text", text: "Be brief." },
      ]);
      expect(moved.approximated).toEqual(["system turn as system"]);
    }
  });
});

describe("tools", () => {
  const written = { tools: [{ name: "f", input_schema: { type: "object" } }] };

  test.each<[Settings, JsonObject]>([
    [{}, {}],
    [{ parallelToolCalls: true }, {}],
    [{ parallelToolCalls: false }, { type: "auto", disable_parallel_tool_use: true }],
    [
      { toolChoice: { kind: "any" }, parallelToolCalls: true },
      { type: "any", disable_parallel_tool_use: false },
    ],
    [{ toolChoice: { kind: "tool", name: "f" } }, { type: "tool", name: "f" }],
    [{ toolChoice: { kind: "none" }, parallelToolCalls: false }, { type: "none" }],
  ])("%j", (settings, choice) => {
    expect(toolsOf(settings)).toEqual(Object.keys(choice).length === 0 ? written : { ...written, tool_choice: choice });
  });

  test("no choice without tools, and every schema has its type", () => {
    expect(toolsOf({ toolChoice: { kind: "auto" } }, [])).toEqual({});
    expect(write({ tools: [{ ...tool, parameters: null }] }).body["tools"]).toEqual(written.tools);
    const odd = { ...tool, parameters: { properties: { a: {} } } };
    expect(write({ tools: [odd] }).body["tools"]).toEqual([
      { name: "f", input_schema: { type: "object", properties: { a: {} } } },
    ]);
  });
});

describe("thinking for the model it goes to", () => {
  test.each<[string, Settings["reasoning"], JsonObject, readonly string[]]>([
    ["claude-opus-4-8", effort("xhigh"), { thinking: { type: "adaptive" }, output_config: { effort: "xhigh" } }, []],
    [
      "claude-opus-4-6",
      effort("xhigh"),
      { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
      ["reasoning.effort xhigh as high"],
    ],
    [
      "claude-sonnet-5",
      budget(9_000),
      { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
      ["reasoning.budgetTokens as effort"],
    ],
    [
      "claude-sonnet-5",
      effort("minimal"),
      { thinking: { type: "adaptive" }, output_config: { effort: "low" } },
      ["reasoning.effort minimal as low"],
    ],
    ["claude-sonnet-4-6", budget(9_000), { thinking: { type: "enabled", budget_tokens: 9_000 } }, []],
    [
      "claude-sonnet-4-5",
      effort("medium"),
      { thinking: { type: "enabled", budget_tokens: 8_192 } },
      ["reasoning.effort as budget_tokens"],
    ],
    [
      "claude-haiku-4-5",
      effort("high"),
      { thinking: { type: "enabled", budget_tokens: 8_000 } },
      ["reasoning.effort as budget_tokens", "reasoning budget as 8000"],
    ],
    [
      "claude-haiku-4-5",
      budget(1),
      { thinking: { type: "enabled", budget_tokens: 1_024 } },
      ["reasoning budget as 1024"],
    ],
    ["claude-sonnet-5", effort("none"), { thinking: { type: "disabled" } }, []],
    ["claude-sonnet-5", budget(0), { thinking: { type: "disabled" } }, []],
    [
      "claude-sonnet-5-5",
      effort("none"),
      { thinking: { type: "between_tools" } },
      ["reasoning.effort none as between_tools"],
    ],
    ["claude-fable-5", effort("none"), { output_config: { effort: "low" } }, ["reasoning.effort none as low"]],
    ["claude-3-5-haiku-20241022", effort("none"), {}, []],
  ])("%s, %j", (model, reasoning, expected, approximated) => {
    const written = write({ model, settings: { outputTokensMax: 10_000, reasoning } as Settings });
    const { thinking, output_config } = written.body;
    expect({ ...(thinking ? { thinking } : {}), ...(output_config ? { output_config } : {}) }).toEqual(expected);
    expect(written.approximated).toEqual(approximated);
    expect(written.dropped).toEqual([]);
  });

  test("shows or hides it", () => {
    const shown = write({ model: "claude-opus-5", settings: showing(true) }).body;
    expect(shown["thinking"]).toEqual({ type: "adaptive", display: "summarized" });
    const hidden = write({ model: "claude-opus-4-5", settings: showing(false) }).body;
    expect(hidden["thinking"]).toEqual({ type: "enabled", budget_tokens: 1_024, display: "omitted" });
  });

  test.each<[string, Partial<Conversation>]>([
    ["a model that cannot think", { model: "claude-3-haiku-20240307" }],
    [
      "too small a limit",
      { settings: { outputTokensMax: 1_024, reasoning: { effort: "low", budgetTokens: null, show: null } } },
    ],
    ["a tool that must be called", { tools: [tool], settings: { toolChoice: { kind: "any" } } }],
    ["calls that no thinking stands before", { turns: [hello, assistant(call("c")), user(result("c", "x"))] }],
  ])("is left out beside %s", (_reason, more) => {
    const reasoning = { effort: "low", budgetTokens: null, show: null };
    const written = write({ model: "claude-haiku-4-5", ...more, settings: { reasoning, ...more.settings } });
    expect(written.body).not.toHaveProperty("thinking");
    expect(written.dropped).toEqual(["reasoning"]);
  });

  test("stays beside calls that thinking stands before", () => {
    const turns = [hello, assistant(thought("s"), call("c")), user(result("c", "x"))];
    const settings = { reasoning: { effort: "low", budgetTokens: null, show: null } };
    expect(write({ model: "claude-haiku-4-5", turns, settings }).body).toHaveProperty("thinking");
  });

  test.each<[string, Settings["reasoning"] | undefined, number]>([
    ["claude-haiku-4-5", undefined, 4_096],
    ["claude-opus-4-8", undefined, 4_096],
    ["claude-opus-5", undefined, 28_672],
    ["claude-opus-5", effort("none"), 4_096],
    ["claude-haiku-4-5", budget(2_000), 6_096],
    ["claude-opus-4-8", effort("medium"), 12_288],
    ["deepseek-v4-pro", undefined, 4_096],
  ])("a limit where none was set: %s, %j", (model, reasoning, limit) => {
    const written = write({ model, settings: reasoning === undefined ? {} : { reasoning } });
    expect(written.body["max_tokens"]).toBe(limit);
    expect(written.approximated).toContain(`no output limit as ${limit}`);
  });
});

describe("other settings", () => {
  const sampling = { temperature: 1.7, topP: 0.9, topK: 5 };

  test("sampling as far as the model takes it", () => {
    const old = writeFor("claude-3-7-sonnet-20250219", sampling);
    expect(old.body).toMatchObject({ temperature: 1, top_p: 0.9, top_k: 5 });
    expect(old.approximated).toEqual(["temperature as 1"]);
    const one = writeFor("claude-sonnet-4-5", sampling);
    expect(one.body).toMatchObject({ temperature: 1, top_k: 5 });
    expect(one.dropped).toEqual(["top-p"]);
    const newest = writeFor("claude-opus-5", sampling);
    expect(Object.keys(newest.body)).toEqual(["model", "max_tokens", "messages"]);
    expect(newest.dropped).toEqual(["temperature", "top-p", "top-k"]);
    expect(writeFor("claude-opus-5", { temperature: 1, topP: 1 })).toMatchObject({ dropped: [] });
    const thinking = writeFor("claude-3-7-sonnet-20250219", {
      ...sampling,
      reasoning: { effort: null, budgetTokens: 2_000, show: null },
    });
    expect(thinking.dropped).toEqual(["temperature", "top-p", "top-k"]);
  });

  test("service tiers in two words", () => {
    expect(["auto", "priority", "default", "standard_only", "flex"].map(tierOf)).toEqual([
      "auto",
      "auto",
      "standard_only",
      "standard_only",
      undefined,
    ]);
  });

  test("a schema, where the server keeps to it", () => {
    const format = {
      kind: "json-schema",
      name: null,
      description: "d",
      schema: { type: "object" },
      strict: false,
    } as const;
    const written = writeFor("claude-opus-5", { format });
    expect(written.body["output_config"]).toEqual({ format: { type: "json_schema", schema: { type: "object" } } });
    expect(written.dropped).toEqual(["format-schema description"]);
    expect(written.approximated).toEqual(["format-schema strict"]);
    const conversation = { model: "m", stream: false, system: [], turns: [hello], tools: [], settings: { format } };
    expect(() => writeConversation(conversation, { quirks: { ...noQuirks, jsonSchema: "none" } })).toThrow(
      expect.objectContaining({ code: "untranslatable", field: "format-schema" }) as Error,
    );
  });
});

describe("models by their names", () => {
  test.each([
    ["anthropic/claude-opus-4.8", "claude-opus-4-8"],
    ["anthropic.claude-opus-4-6-v1:0", "claude-opus-4-6"],
    ["claude-sonnet-4-5@20250929", "claude-sonnet-4-5"],
    ["claude-opus-4-8[1m]", "claude-opus-4-8"],
    ["claude-sonnet-4-20250514", "claude-3-7-sonnet-20250219"],
    ["claude-mythos-preview", "claude-fable-5"],
    ["claude-novel-7", "claude-fable-5"],
    ["claude-opus-6", "claude-opus-5-5"],
    ["us.anthropic.claude-3-5-sonnet-20241022-v2:0", "claude-3-haiku-20240307"],
    ["kimi-k3", "deepseek-v4-pro"],
  ])("%s is read like %s", (model, other) => {
    expect(rulesOf(model)).toEqual(rulesOf(other));
  });
});
