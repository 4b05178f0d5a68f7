import type { OutputFormat, Settings, ToolChoice, ToolSpec } from "../../../spec/conversation.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import type { ModelRequest } from "../../../spec/request.ts";
import { untranslatable } from "../../translation/concepts.ts";
import { integerField, numberField } from "../request-fields.ts";
import {
  malformed,
  optionalBoolean,
  optionalList,
  optionalText,
  requireMembers,
  requireText,
} from "./require-field.ts";

/**
 * The settings of a request.
 * @throws FarthingError `invalid_request` or `untranslatable`, naming the field
 */
export function readSettings({ rest, outputTokensMax }: ModelRequest): Settings {
  const effort = optionalText(rest["reasoning_effort"], "reasoning_effort");
  const all: { readonly [name in keyof Settings]-?: Settings[name] | null } = {
    outputTokensMax,
    temperature: numberField(rest, "temperature"),
    topP: numberField(rest, "top_p"),
    topK: null,
    stop: readStop(rest["stop"]),
    seed: integerField(rest, "seed", Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    frequencyPenalty: numberField(rest, "frequency_penalty"),
    presencePenalty: numberField(rest, "presence_penalty"),
    toolChoice: readToolChoice(rest["tool_choice"]),
    parallelToolCalls: optionalBoolean(rest["parallel_tool_calls"], "parallel_tool_calls"),
    format: readFormat(rest["response_format"]),
    reasoning: effort === null ? null : { effort, budgetTokens: null, show: null },
    verbosity: optionalText(rest["verbosity"], "verbosity"),
    user: optionalText(rest["user"], "user"),
    metadata: readMetadata(rest["metadata"]),
    serviceTier: optionalText(rest["service_tier"], "service_tier"),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null)) as Settings;
}

function readStop(stop: JsonValue | undefined): readonly string[] | null {
  const list = typeof stop === "string" ? [stop] : optionalList(stop, "stop");
  return list.length === 0 ? null : list.map((item) => requireText(item, "stop[]"));
}

function readToolChoice(choice: JsonValue | undefined): ToolChoice | null {
  if (choice === undefined || choice === null) return null;
  if (choice === "auto" || choice === "none") return { kind: choice };
  if (choice === "required") return { kind: "any" };
  const members = requireMembers(choice, "tool_choice");
  if (members["type"] !== "function") throw untranslatable("tool_choice.type", "only `function` is known here");
  const target = requireMembers(members["function"], "tool_choice.function");
  return { kind: "tool", name: requireText(target["name"], "tool_choice.function.name") };
}

function readFormat(format: JsonValue | undefined): OutputFormat | null {
  if (format === undefined || format === null) return null;
  const { type, json_schema: given } = requireMembers(format, "response_format");
  if (type === "text") return null;
  if (type === "json_object") return { kind: "json" };
  if (type !== "json_schema") throw untranslatable("response_format.type", "this kind of answer is not known here");
  const field = "response_format.json_schema";
  const wanted = requireMembers(given, field);
  return {
    kind: "json-schema",
    name: optionalText(wanted["name"], `${field}.name`),
    description: optionalText(wanted["description"], `${field}.description`),
    // OpenAI takes a missing schema for one that allows everything.
    schema: requireMembers(wanted["schema"] ?? {}, `${field}.schema`),
    strict: optionalBoolean(wanted["strict"], `${field}.strict`),
  };
}

function readMetadata(metadata: JsonValue | undefined): Record<string, string> | null {
  if (metadata === undefined || metadata === null) return null;
  const entries = Object.entries(requireMembers(metadata, "metadata"));
  return Object.fromEntries(entries.map(([name, value]) => [name, requireText(value, "metadata.*")]));
}

/**
 * The functions that the model may call.
 * @throws FarthingError `invalid_request` or `untranslatable`, naming the field
 */
export function readTools(tools: JsonValue | undefined): readonly ToolSpec[] {
  return optionalList(tools, "tools").map((item) => {
    const tool = requireMembers(item, "tools[]");
    if (tool["type"] !== "function") throw untranslatable("tools[].type", "only `function` is known here");
    return readTool(requireMembers(tool["function"], "tools[].function"));
  });
}

function readTool(target: Readonly<JsonObject>): ToolSpec {
  const field = "tools[].function";
  const name = requireText(target["name"], `${field}.name`);
  if (name === "") throw malformed(`${field}.name`, "a text of at least one character");
  const parameters = target["parameters"] ?? null;
  return {
    name,
    description: optionalText(target["description"], `${field}.description`),
    parameters: parameters === null ? null : requireMembers(parameters, `${field}.parameters`),
    strict: optionalBoolean(target["strict"], `${field}.strict`),
  };
}
