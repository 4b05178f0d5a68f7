import type { Behaviour } from "../behaviour.ts";
import type { CountedTokens } from "../invoice.ts";
import { reasons } from "../openai/reasoning.ts";
import { isJsonObject, listOf, type JsonBody } from "../prepared-reply.ts";
import { spoilUsage } from "../spoil-usage.ts";
import { outputItems, type AnswerInCall } from "./render-items.ts";

/** Everything that a response object shows. */
export interface ResponsesReply extends AnswerInCall {
  readonly id: string;
  readonly prompt: CountedTokens;
  readonly behaviour: Behaviour;
}

/** `status` of a response (platform.openai.com/docs/api-reference/responses/object). */
export type ResponseStatus = "queued" | "in_progress" | "completed" | "incomplete" | "failed" | "cancelled";

/** Why a stream broke off, in the words of its last two events. */
export const failure: { readonly code: string; readonly message: string } = {
  code: "server_error",
  message:
    "An error occurred while processing your request. You can retry your request, or contact us through our help center at help.openai.com if the error persists.",
};

/** How the answer ends when nothing goes wrong. */
export function finalStatusOf(reply: ResponsesReply): "completed" | "incomplete" {
  return reply.answer.finish === "length" ? "incomplete" : "completed";
}

/** The usage block: reads and writes are inside the input, thinking inside the output. */
function usageJson({ prompt, answer, question, behaviour }: ResponsesReply): string {
  const output = answer.reasoningTokens + answer.outputTokens;
  const json = JSON.stringify({
    input_tokens: question.promptTokens,
    input_tokens_details: { cached_tokens: prompt.cacheRead, cache_write_tokens: prompt.cacheWrite30m },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: answer.reasoningTokens },
    total_tokens: question.promptTokens + output,
  });
  return behaviour.badUsage === undefined ? json : spoilUsage(json, behaviour.badUsage);
}

/** Counts of hosted tools, which are none; newer replies carry them beside the model's own usage. */
const toolUsage = {
  image_gen: {
    input_tokens: 0,
    input_tokens_details: { image_tokens: 0, text_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { image_tokens: 0, text_tokens: 0 },
    total_tokens: 0,
  },
  web_search: { num_requests: 0 },
};

/** Functions as the API repeats them: with every field, strict unless said otherwise. */
function echoedTools(body: JsonBody): readonly unknown[] {
  return listOf(body["tools"]).map((tool) =>
    isJsonObject(tool) && tool["type"] === "function"
      ? {
          type: "function",
          description: tool["description"] ?? null,
          name: tool["name"],
          parameters: tool["parameters"] ?? null,
          strict: tool["strict"] ?? true,
        }
      : tool,
  );
}

function echoedText(body: JsonBody): object {
  const text = isJsonObject(body["text"]) ? body["text"] : {};
  const format = isJsonObject(text["format"]) ? text["format"] : { type: "text" };
  const isSchema = format["type"] === "json_schema";
  return {
    format: isSchema ? { description: null, strict: true, ...format } : format,
    verbosity: text["verbosity"] ?? "medium",
  };
}

function echoedReasoning({ question }: ResponsesReply): object {
  const given = isJsonObject(question.body["reasoning"]) ? question.body["reasoning"] : {};
  const usual = reasons(question.asked) ? (question.reasoningWeight === 0 ? "none" : "medium") : null;
  return { effort: given["effort"] ?? usual, summary: given["summary"] ?? null };
}

/** The fields before and behind `usage` that repeat the request. */
function echoOf(reply: ResponsesReply): Readonly<Record<string, unknown>> {
  const { body } = reply.question;
  return {
    parallel_tool_calls: body["parallel_tool_calls"] ?? true,
    presence_penalty: 0,
    previous_response_id: body["previous_response_id"] ?? null,
    prompt_cache_key: body["prompt_cache_key"] ?? null,
    prompt_cache_retention: body["prompt_cache_retention"] ?? null,
    reasoning: echoedReasoning(reply),
    safety_identifier: body["safety_identifier"] ?? null,
    service_tier: "default",
    store: body["store"] ?? true,
    temperature: body["temperature"] ?? 1,
    text: echoedText(body),
    tool_choice: body["tool_choice"] ?? "auto",
    tool_usage: toolUsage,
    tools: echoedTools(body),
    top_logprobs: body["top_logprobs"] ?? 0,
    top_p: body["top_p"] ?? 1,
    truncation: body["truncation"] ?? "disabled",
  };
}

/** The response object as JSON text, in any of its states. Output and usage are there once it is over. */
export function renderResponse(reply: ResponsesReply, status: ResponseStatus): string {
  const { question, setting, behaviour } = reply;
  const { body } = question;
  const isOver = status === "completed" || status === "incomplete";
  const createdS = Math.floor(setting.nowMs / 1_000);
  const head = JSON.stringify({
    id: reply.id,
    object: "response",
    created_at: createdS,
    status,
    background: question.background,
    completed_at: status === "completed" ? createdS : null,
    error: status === "failed" ? failure : null,
    frequency_penalty: 0,
    incomplete_details: status === "incomplete" ? { reason: "max_output_tokens" } : null,
    instructions: body["instructions"] ?? null,
    max_output_tokens: body["max_output_tokens"] ?? null,
    max_tool_calls: body["max_tool_calls"] ?? null,
    model: question.model.snapshot,
    output: isOver ? outputItems(reply) : [],
    ...echoOf(reply),
  });
  const usage = isOver && behaviour.noUsage !== true ? usageJson(reply) : "null";
  const tail = JSON.stringify({ user: body["user"] ?? null, metadata: body["metadata"] ?? {} });
  return `${head.slice(0, -1)},"usage":${usage},${tail.slice(1)}`;
}
