import type { JsonObject, JsonValue } from "../spec/json.ts";

/** Ends of the `type` of an item or block that is a call, whoever carries it out: function_call, custom_tool_call, tool_use. */
const callTypeEnds: readonly string[] = ["_call", "tool_use"];

/**
 * Names of all tools that a whole answer calls, in any dialect, servers' own tools by their type. What only looks like a
 * call, such as in the arguments of one, is named too: names too many cost a hit, a name too few would store a call with
 * effects. Walks the whole answer without recursion.
 */
export function calledToolsIn(answer: JsonValue): readonly string[] {
  const names: string[] = [];
  const waiting: JsonValue[] = [answer];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value)) readCalls(value, names);
    for (const member of Object.values(value)) waiting.push(member);
  }
  return names;
}

function readCalls(item: Readonly<JsonObject>, names: string[]): void {
  const { type, name } = item;
  if (typeof type === "string" && callTypeEnds.some((end) => type.endsWith(end)))
    names.push(typeof name === "string" ? name : type);
  const calls = item["tool_calls"];
  if (Array.isArray(calls)) for (const call of calls) names.push(nameOfCall(call));
  // OpenAI's first spelling, and Gemini's.
  for (const member of ["function_call", "functionCall"] as const) {
    const call = item[member];
    if (isObject(call)) names.push(nameOfCall({ function: call }));
  }
}

/** The name stands under the type of the call: `function`, `custom`. */
function nameOfCall(call: JsonValue): string {
  if (!isObject(call)) return "?";
  for (const target of [call["function"], call["custom"]]) {
    const name = isObject(target) ? target["name"] : undefined;
    if (typeof name === "string") return name;
  }
  return "?";
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
