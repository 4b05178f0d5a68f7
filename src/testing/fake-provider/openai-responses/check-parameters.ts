import { missingParameter, openaiError } from "../openai/errors.ts";
import { reasons } from "../openai/reasoning.ts";
import { isJsonObject, listOf, type JsonBody, type Refusal } from "../prepared-reply.ts";

/** Parameters of `POST /v1/responses` (openai-node 7.57, ResponseCreateParamsBase, November 2026), and two that replies echo. */
const known: ReadonlySet<string> = new Set(
  `access_programs background context_management conversation frequency_penalty image include input instructions
  max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls presence_penalty previous_response_id prompt
  prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream
  stream_options temperature text tool_choice tools top_logprobs top_p truncation user`
    .trim()
    .split(/\s+/),
);

/** Parameters of chat completions that have another name here; the API says which. */
const moved: Readonly<Record<string, string>> = {
  messages: "input",
  max_tokens: "max_output_tokens",
  max_completion_tokens: "max_output_tokens",
  response_format: "text.format",
  reasoning_effort: "reasoning.effort",
  verbosity: "text.verbosity",
};

/** Fewest tokens that an answer may be limited to. */
const outputTokensMin = 16;

function unknownParameter(name: string): Refusal {
  const target = moved[name];
  if (target === undefined) {
    const message = `Unknown parameter: '${name}'.`;
    return openaiError(400, message, "invalid_request_error", name, "unknown_parameter");
  }
  const message = `Unsupported parameter: '${name}'. In the Responses API, this parameter has moved to '${target}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`;
  return openaiError(400, message, "invalid_request_error", null, "unsupported_parameter");
}

function toolRefusal(body: JsonBody): Refusal | null {
  for (const [index, tool] of listOf(body["tools"]).entries()) {
    if (!isJsonObject(tool)) continue;
    // Chat completions nest the function; here its fields stand in the tool itself.
    if (tool["type"] === "function" && typeof tool["name"] !== "string")
      return missingParameter(`tools[${index}].name`);
  }
  const choice = body["tool_choice"];
  if (isJsonObject(choice) && choice["type"] === "function" && typeof choice["name"] !== "string") {
    return missingParameter("tool_choice.name");
  }
  return null;
}

function formatRefusal(body: JsonBody): Refusal | null {
  const text = isJsonObject(body["text"]) ? body["text"] : {};
  const format = isJsonObject(text["format"]) ? text["format"] : {};
  if (format["type"] === "json_schema") {
    if (typeof format["name"] !== "string") return missingParameter("text.format.name");
    if (!isJsonObject(format["schema"])) return missingParameter("text.format.schema");
  }
  const said = JSON.stringify([body["input"], body["instructions"]]);
  if (format["type"] === "json_object" && !/json/i.test(said)) {
    const message =
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.";
    return openaiError(400, message, "invalid_request_error", "input");
  }
  return null;
}

/**
 * What the API refuses by the parameters alone; null where it is content.
 *
 * @param forCounting `POST /v1/responses/input_tokens`, which takes the same body.
 */
export function parameterRefusal(body: JsonBody, forCounting: boolean): Refusal | null {
  const unknown = Object.keys(body).find((name) => !known.has(name));
  if (unknown !== undefined) return unknownParameter(unknown);
  const { model, input } = body;
  if (!forCounting && (typeof model !== "string" || model === "")) return missingParameter("model");
  if (input === undefined && typeof body["previous_response_id"] !== "string") {
    const message = `One of "input" or "previous_response_id" or 'prompt' or 'conversation_id' must be provided.`;
    return openaiError(400, message, "invalid_request_error", "input", "missing_required_parameter");
  }
  if (input !== undefined && typeof input !== "string" && !Array.isArray(input)) {
    const message =
      "Invalid type for 'input': expected one of an array of objects or string, but got something else instead.";
    return openaiError(400, message, "invalid_request_error", "input", "invalid_type");
  }
  const most = body["max_output_tokens"];
  if (typeof most === "number" && most < outputTokensMin) {
    const message = `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${outputTokensMin}, but got ${most} instead.`;
    return openaiError(400, message, "invalid_request_error", "max_output_tokens", "integer_below_min_value");
  }
  const effort = isJsonObject(body["reasoning"]) ? body["reasoning"]["effort"] : null;
  if (typeof effort === "string" && typeof model === "string" && /^gpt-[34]/.test(model) && !reasons(model)) {
    const message = "Unsupported parameter: 'reasoning.effort' is not supported with this model.";
    return openaiError(400, message, "invalid_request_error", "reasoning.effort", "unsupported_parameter");
  }
  return toolRefusal(body) ?? formatRefusal(body);
}
