import type { JsonObject, JsonValue } from "../../spec/json.ts";
import type { DialectName } from "../../spec/request.ts";
import { arrayOf, objectOf, textOf } from "../dialects/json-fields.ts";

/*
 * What may stand in an answer that is rendered in another form. The field tables of the dialects say what a translation
 * carries of an answer to a translated question; here the question may have been asked in the dialect itself, with
 * everything that its vendor has, so whatever is not listed and says something forbids the rendering.
 *
 * A path that ends with `*` is carried with all that is below it, or is about the call and not about the answer
 * (system_fingerprint, timings); any other one is carried as a text, number or boolean.
 */

const chatTop = ["id", "object", "created", "model", "service_tier", "usage*"];
/** About the call: OpenAI, Groq, OpenRouter, llama.cpp, Azure (filters of the prompt). */
const chatCall = ["system_fingerprint*", "obfuscation*", "x_groq*", "provider*", "timings*", "prompt_filter_results*"];
const chatMessage = [
  "role",
  "content",
  "refusal",
  "reasoning_content",
  "reasoning_details*",
  "tool_calls[].index",
  "tool_calls[].id",
  "tool_calls[].type",
  "tool_calls[].function.name",
  "tool_calls[].function.arguments",
  "tool_calls[].extra_content.google.thought_signature",
];
const anthropicBlock = ["type", "text", "thinking", "signature", "data", "id", "name", "input*", "caller*"];
const anthropicEnd = ["stop_reason", "stop_sequence"];
const anthropicMessage = ["id", "type", "role", "model", "usage*", "diagnostics*", ...anthropicEnd];
/** What a response repeats of the request, and what the vendor says of the call. */
const responsesCall = [
  "instructions",
  "metadata",
  "parallel_tool_calls",
  "temperature",
  "top_p",
  "top_logprobs",
  "frequency_penalty",
  "presence_penalty",
  "tool_choice",
  "tools",
  "background",
  "prompt",
  "max_output_tokens",
  "max_tool_calls",
  "reasoning",
  "text",
  "truncation",
  "store",
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "service_tier",
  "prompt_cache_options",
  "prompt_cache_retention",
  "prompt_cache_diagnostics",
  "billing",
  "completed_at",
  "access_programs",
  "output_text",
].map((name) => `${name}*`);
const responsesItem = [
  "type",
  "id",
  "status",
  "role",
  "call_id",
  "name",
  "arguments",
  "encrypted_content",
  "content[].type",
  "content[].text",
  "content[].refusal",
  "summary[].type",
  "summary[].text",
];
const geminiPart = [
  "text",
  "thought",
  "thoughtSignature",
  "functionCall.id",
  "functionCall.name",
  "functionCall.args*",
];
const gemini = [
  "usageMetadata*",
  "modelVersion",
  "responseId",
  "createTime",
  "modelStatus*",
  "candidates[].content.role",
  "candidates[].finishReason",
  "candidates[].tokenCount",
  ...geminiPart.map((path) => `candidates[].content.parts[].${path}`),
];

const below = (place: string, paths: readonly string[]): readonly string[] => paths.map((path) => `${place}.${path}`);

interface Member {
  carriesAll: boolean;
  items: Member | null;
  readonly members: Map<string, Member>;
}

/** Whole answers and single events of streams, where those differ. */
const trees: Readonly<Partial<Record<DialectName, { readonly whole: Member; readonly event: Member }>>> = {
  "openai-chat": {
    whole: treeOf([...chatTop, ...chatCall, "choices[].finish_reason", ...below("choices[].message", chatMessage)]),
    event: treeOf([...chatTop, ...chatCall, "choices[].finish_reason", ...below("choices[].delta", chatMessage)]),
  },
  "anthropic-messages": {
    whole: treeOf([...anthropicMessage, ...below("content[]", anthropicBlock)]),
    event: treeOf([
      "type",
      "index",
      "usage*",
      ...below("message", [...anthropicMessage, ...below("content[]", anthropicBlock)]),
      ...below("content_block", anthropicBlock),
      ...below("delta", ["type", "text", "thinking", "signature", "partial_json", ...anthropicEnd]),
    ]),
  },
  "openai-responses": same(
    treeOf([
      "id",
      "object",
      "created_at",
      "status",
      "incomplete_details.reason",
      "model",
      "usage*",
      ...responsesCall,
      ...below("output[]", responsesItem),
    ]),
  ),
  gemini: same(treeOf(gemini)),
};

/** Kinds of items and blocks that are carried; the vendors' own tools leave others. */
const kinds: ReadonlySet<string> = new Set([
  "text",
  "thinking",
  "redacted_thinking",
  "tool_use",
  "message",
  "reasoning",
  "function_call",
  "output_text",
  "refusal",
  "summary_text",
  "reasoning_text",
]);

/** Whether a whole answer says something that another form would not have. */
export function holdsMore(dialect: DialectName, document: Readonly<JsonObject>): boolean {
  const tree = trees[dialect]?.whole;
  return tree === undefined || goesBeyond(document, tree) || hasOtherKinds(dialect, document);
}

/** As {@link holdsMore}, of one event of a stream. */
export function eventHoldsMore(dialect: DialectName, event: Readonly<JsonObject>): boolean {
  if (dialect === "openai-responses") {
    // The last event repeats the whole answer, the earlier ones say it in pieces.
    const type = textOf(event["type"]) ?? "";
    const response = objectOf(event["response"]);
    return /^response\.(?:completed|incomplete|failed)$/.test(type) && (!response || holdsMore(dialect, response));
  }
  const tree = trees[dialect]?.event;
  if (tree === undefined || goesBeyond(event, tree)) return true;
  if (dialect === "anthropic-messages") return isOtherKind(event["content_block"]);
  return hasOtherKinds(dialect, event);
}

function hasOtherKinds(dialect: DialectName, document: Readonly<JsonObject>): boolean {
  if (dialect === "anthropic-messages") return arrayOf(document["content"]).some(isOtherKind);
  if (dialect !== "openai-responses") return false;
  const items = arrayOf(document["output"]);
  return items.some(isOtherKind) || items.some((item) => arrayOf(objectOf(item)?.["content"]).some(isOtherKind));
}

function isOtherKind(value: JsonValue | undefined): boolean {
  const type = objectOf(value)?.["type"];
  return type !== undefined && (typeof type !== "string" || !kinds.has(type));
}

function goesBeyond(value: JsonValue | Readonly<JsonObject> | undefined, member: Member): boolean {
  if (member.carriesAll || !saysSomething(value)) return false;
  if (Array.isArray(value)) {
    const { items } = member;
    return items === null || value.some((item) => goesBeyond(item, items));
  }
  if (typeof value !== "object" || value === null) return member.items !== null || member.members.size > 0;
  const { members } = member;
  for (const name in value as JsonObject) {
    const inner = (value as JsonObject)[name];
    const known = members.get(name);
    if (known === undefined ? saysSomething(inner) : goesBeyond(inner, known)) return true;
  }
  return false;
}

/** Null, false, 0, an empty text, list or object is what a vendor sends for a thing that is not there. */
function saysSomething(value: JsonValue | Readonly<JsonObject> | undefined): boolean {
  if (value === null || value === undefined || value === "" || value === 0 || value === false) return false;
  if (Array.isArray(value)) return value.some(saysSomething);
  return typeof value === "object" ? Object.values(value).some(saysSomething) : true;
}

function same(tree: Member): { readonly whole: Member; readonly event: Member } {
  return { whole: tree, event: tree };
}

function newMember(): Member {
  return { carriesAll: false, items: null, members: new Map() };
}

function treeOf(paths: readonly string[]): Member {
  const root = newMember();
  for (const path of paths) {
    let member = root;
    for (const step of path.replace(/\*$/, "").split(".")) {
      const name = step.replace(/\[\]$/, "");
      const next = member.members.get(name) ?? newMember();
      member.members.set(name, next);
      if (name !== step) next.items ??= newMember();
      member = name === step ? next : (next.items ?? next);
    }
    member.carriesAll = path.endsWith("*");
  }
  return root;
}
