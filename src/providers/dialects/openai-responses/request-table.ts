import type { JsonValue } from "../../../spec/json.ts";
import type { FieldTable } from "../../translation/concepts.ts";

const stored = "the state lives at the provider";
const hosted = "the provider runs this itself";
const unknownElsewhere = "other dialects have no such item";
const noNamespaces = "other dialects have no namespaces of tools";
const noProbabilities = "other dialects do not show probabilities in this form";
const cacheHint = "the target caches prompts in its own way";

/** Members of a piece of content; messages and outputs of tools hold the same kinds. */
function contentFields(path: string): FieldTable {
  return {
    [path]: { kept: "pieces of a message" },
    [`${path}.type`]: { kept: "the kind of the piece" },
    [`${path}.text`]: { concept: "text" },
    [`${path}.refusal`]: { concept: "refusal" },
    [`${path}.image_url`]: { concept: "image-url" },
    [`${path}.detail`]: { concept: "image-detail" },
    [`${path}.file_id`]: { refused: "the file lives at the provider" },
    [`${path}.file_data`]: { concept: "document-data" },
    [`${path}.file_url`]: { concept: "document-url" },
    [`${path}.filename`]: { concept: "document-name" },
    [`${path}.input_audio`]: { concept: "audio" },
    [`${path}.input_audio.data`]: { concept: "audio" },
    [`${path}.input_audio.format`]: { concept: "audio" },
    [`${path}.annotations`]: { dropped: "quotations of the provider's own searches" },
    [`${path}.logprobs`]: { dropped: "probabilities of a past answer" },
    [`${path}.prompt_cache_breakpoint`]: { concept: "cache-mark" },
    [`${path}.prompt_cache_breakpoint.mode`]: { kept: "always explicit" },
    [`${path}.prompt_cache_breakpoint.ttl`]: { dropped: cacheHint },
  };
}

/** Kinds of input items that stay with the provider. */
function refusedItems(): FieldTable {
  const reasons: Readonly<Record<string, readonly string[]>> = {
    [stored]: ["item_reference", "compaction", "compaction_trigger"],
    [hosted]: [
      "web_search_call",
      "file_search_call",
      "code_interpreter_call",
      "image_generation_call",
      "mcp_list_tools",
      "mcp_approval_request",
      "mcp_approval_response",
      "mcp_call",
      "tool_search_call",
      "tool_search_output",
      "program",
      "program_output",
    ],
    [unknownElsewhere]: [
      "computer_call",
      "computer_call_output",
      "local_shell_call",
      "local_shell_call_output",
      "shell_call",
      "shell_call_output",
      "apply_patch_call",
      "apply_patch_call_output",
      "custom_tool_call",
      "custom_tool_call_output",
      "additional_tools",
      "configuration_update",
    ],
  };
  const entries = Object.entries(reasons).flatMap(([reason, types]) =>
    types.map((type) => [`input[] of type ${type}`, { refused: reason }] as const),
  );
  return Object.fromEntries(entries);
}

/** Tools that no other dialect has. */
function refusedTools(): FieldTable {
  const types = [
    "file_search",
    "web_search",
    "web_search_preview",
    "code_interpreter",
    "image_generation",
    "mcp",
    "tool_search",
    "programmatic_tool_calling",
    "computer",
    "computer_use_preview",
    "local_shell",
    "shell",
    "apply_patch",
  ];
  return {
    ...Object.fromEntries(types.map((type) => [`tools[] of type ${type}`, { refused: hosted }] as const)),
    "tools[] of type custom": { refused: "other dialects have no tools that take plain text" },
    "tools[] of type namespace": { refused: noNamespaces },
  };
}

/** Every field of a request (openai-node 7.57.0, ResponseCreateParams), and `client_metadata`, which Codex sends. */
export const requestFields: FieldTable = {
  model: { kept: "the target's model takes its place" },
  stream: { kept: "every dialect streams" },
  input: { kept: "the conversation" },
  "input[]": { kept: "a turn, or a part of one" },
  "input[].type": { kept: "the kind of the item" },
  "input[].role": { kept: "who speaks" },
  "input[].id": { concept: "reasoning-id" },
  "input[].status": { dropped: "past items are complete" },
  "input[].phase": { dropped: "other dialects do not tell commentary from answers" },
  ...contentFields("input[].content[]"),
  "input[].content": { kept: "pieces of a message, or the thinking itself" },
  "input[].call_id": { concept: "tool-call" },
  "input[].name": { concept: "tool-call" },
  "input[].arguments": { concept: "tool-call" },
  "input[].namespace": { refused: noNamespaces },
  "input[].caller": { dropped: "programs of the provider are refused, so every caller is the model" },
  "input[].async": { dropped: "the result stands in the conversation" },
  "input[].created_by": { dropped: "a name of the provider's" },
  "input[].output": { concept: "tool-result" },
  ...contentFields("input[].output[]"),
  "input[].summary": { concept: "reasoning" },
  "input[].summary[]": { concept: "reasoning" },
  "input[].summary[].type": { kept: "always summary_text" },
  "input[].summary[].text": { concept: "reasoning" },
  "input[].encrypted_content": { concept: "reasoning-signature" },
  ...refusedItems(),
  instructions: { concept: "system" },
  tools: { concept: "tools" },
  "tools[]": { concept: "tools" },
  "tools[].type": { kept: "always function" },
  "tools[].name": { concept: "tools" },
  "tools[].description": { concept: "tools" },
  "tools[].parameters": { concept: "tools" },
  "tools[].strict": { concept: "tool-strict" },
  "tools[].async": { dropped: "when a result comes is between caller and tool" },
  "tools[].defer_loading": { dropped: "the tool is told at once" },
  "tools[].allowed_callers": { dropped: "only the model calls" },
  "tools[].output_schema": { dropped: "the result tells its form itself" },
  ...refusedTools(),
  tool_choice: { concept: "tool-choice" },
  "tool_choice.type": { kept: "only function" },
  "tool_choice.name": { concept: "tool-choice" },
  "tool_choice.mode": { refused: "other dialects cannot narrow the tools" },
  "tool_choice.tools": { refused: "other dialects cannot narrow the tools" },
  "tool_choice.server_label": { refused: hosted },
  parallel_tool_calls: { concept: "parallel-tool-calls" },
  max_tool_calls: { dropped: "it limits tools that the provider runs" },
  max_output_tokens: { concept: "output-tokens-max" },
  temperature: { concept: "temperature" },
  top_p: { concept: "top-p" },
  top_logprobs: { refused: noProbabilities },
  text: { kept: "the form of the answer" },
  "text.format": { concept: "format-schema" },
  "text.format.type": { concept: "format-json" },
  "text.format.name": { concept: "format-schema-name" },
  "text.format.description": { concept: "format-schema" },
  "text.format.schema": { concept: "format-schema" },
  "text.format.strict": { concept: "format-schema" },
  "text.verbosity": { concept: "verbosity" },
  reasoning: { kept: "how much to think" },
  "reasoning.effort": { concept: "reasoning-effort" },
  "reasoning.summary": { concept: "reasoning-show" },
  "reasoning.generate_summary": { concept: "reasoning-show" },
  "reasoning.context": { dropped: "which thinking is shown to the model again is the target's to settle" },
  "reasoning.mode": { dropped: "other models have no such mode" },
  include: { kept: "thinking comes with its proof anyway, and the rest is of tools that are refused" },
  "include[] message.output_text.logprobs": { refused: noProbabilities },
  user: { concept: "user" },
  safety_identifier: { concept: "user" },
  metadata: { concept: "metadata" },
  service_tier: { concept: "service-tier" },
  store: { dropped: "nothing is stored" },
  stream_options: { dropped: "no padding is added" },
  truncation: { dropped: "the target refuses what is too long" },
  context_management: { dropped: "nothing is compacted" },
  prompt_cache_key: { dropped: cacheHint },
  prompt_cache_options: { dropped: cacheHint },
  prompt_cache_retention: { dropped: cacheHint },
  image: { dropped: "how pictures are packed is the target's to settle" },
  access_programs: { dropped: "a permission of this provider" },
  client_metadata: { dropped: "a note of the caller's to this provider" },
  moderation: { refused: "the provider checks the answer itself" },
  background: { refused: stored },
  conversation: { refused: stored },
  previous_response_id: { refused: stored },
  prompt: { refused: "the template lives at the provider" },
};

/** Values with which a refused or dropped field says no more than its absence (the vendor's defaults). */
export const requestDefaults: Readonly<Record<string, JsonValue>> = {
  background: false,
  top_logprobs: 0,
  truncation: "disabled",
  "tools[].async": false,
  "tools[].defer_loading": false,
  "input[].async": false,
  "input[].content[].annotations": [],
  "input[].content[].logprobs": [],
};
