import { expect, test } from "vitest";
import type { JsonValue } from "../spec/json.ts";
import { calledToolsIn } from "./called-tools.ts";

const call = (name: string): JsonValue => ({ id: "1", type: "function", function: { name, arguments: "{}" } });

test.each<[string, JsonValue, readonly string[]]>([
  ["openai-chat", { choices: [{ message: { tool_calls: [call("add"), call("send")] } }] }, ["add", "send"]],
  ["a second choice", { choices: [{ message: {} }, { message: { tool_calls: [call("send")] } }] }, ["send"]],
  ["a custom tool", { choices: [{ message: { tool_calls: [{ type: "custom", custom: { name: "sql" } }] } }] }, ["sql"]],
  ["the old spelling", { choices: [{ message: { function_call: { name: "add" } } }] }, ["add"]],
  ["a nameless call", { choices: [{ message: { tool_calls: [{}, null] } }] }, ["?", "?"]],
  [
    "openai-responses",
    { output: [{ type: "function_call", name: "add" }, { type: "web_search_call" }, { type: "message" }] },
    ["web_search_call", "add"],
  ],
  [
    "anthropic-messages",
    {
      content: [
        { type: "tool_use", name: "add", input: {} },
        { type: "server_tool_use", name: "web_search" },
      ],
    },
    ["web_search", "add"],
  ],
  ["gemini", { candidates: [{ content: { parts: [{ functionCall: { name: "add", args: {} } }] } }] }, ["add"]],
  ["an answer without calls", { choices: [{ message: { content: "type: tool_use", tool_calls: null } }] }, []],
])("names the calls of %s", (_name, answer, names) => {
  expect(calledToolsIn(answer).toSorted()).toEqual([...names].toSorted());
});

test("what only looks like a call counts too, however deep", () => {
  let deep: JsonValue = { type: "tool_use", name: "hidden" };
  for (let depth = 0; depth < 20_000; depth++) deep = [deep];
  expect(calledToolsIn({ content: [{ type: "tool_use", name: "add", input: { deep } }] })).toEqual(["add", "hidden"]);
});
