import { openaiError } from "../openai/errors.ts";
import type { JsonBody, Refusal } from "../prepared-reply.ts";

/** How ids of items begin, by the item's type (platform.openai.com/docs/api-reference/responses/object). */
const idStarts: Readonly<Record<string, string>> = { message: "msg", function_call: "fc", reasoning: "rs" };

function invalid(message: string, param = "input"): Refusal {
  return openaiError(400, message, "invalid_request_error", param);
}

function idRefusal(item: JsonBody, index: number): Refusal | null {
  const start = idStarts[String(item["type"] ?? "message")];
  const id = item["id"];
  if (start === undefined || typeof id !== "string" || id.startsWith(start)) return null;
  const param = `input[${index}].id`;
  const message = `Invalid '${param}': '${id}'. Expected an ID that begins with '${start}'.`;
  return openaiError(400, message, "invalid_request_error", param, "invalid_value");
}

function roleRefusal(item: JsonBody, index: number): Refusal | null {
  if ((item["type"] ?? "message") !== "message") return null;
  const role = item["role"];
  if (role === "user" || role === "assistant" || role === "system" || role === "developer") return null;
  const param = `input[${index}].role`;
  const message = `Invalid value: '${String(role)}'. Supported values are: 'assistant', 'system', 'developer', and 'user'.`;
  return openaiError(400, message, "invalid_request_error", param, "invalid_value");
}

/** Every call has its output and every output its call, over the whole conversation. */
function pairRefusal(items: readonly JsonBody[]): Refusal | null {
  const ids = (type: string): Set<unknown> =>
    new Set(items.filter((item) => item["type"] === type).map((item) => item["call_id"]));
  const calls = ids("function_call");
  const outputs = ids("function_call_output");
  for (const id of outputs) {
    if (!calls.has(id)) return invalid(`No tool call found for function call output with call_id ${String(id)}.`);
  }
  for (const id of calls) if (!outputs.has(id)) return invalid(`No tool output found for function call ${String(id)}.`);
  return null;
}

/** Reasoning stands before what it led to. */
function reasoningRefusal(items: readonly JsonBody[]): Refusal | null {
  for (const [index, item] of items.entries()) {
    if (item["type"] !== "reasoning") continue;
    const next = items[index + 1];
    const follows =
      next !== undefined && (next["role"] === "assistant" || /^reasoning$|_call$/.test(String(next["type"])));
    if (!follows) {
      const id = String(item["id"] ?? "");
      return invalid(`Item '${id}' of type 'reasoning' was provided without its required following item.`);
    }
  }
  return null;
}

/**
 * What the API refuses of the conversation; null where it is content.
 *
 * @param given the items of this request.
 * @param whole those of earlier responses before them.
 */
export function inputRefusal(given: readonly JsonBody[], whole: readonly JsonBody[]): Refusal | null {
  for (const [index, item] of given.entries()) {
    const refusal = roleRefusal(item, index) ?? idRefusal(item, index);
    if (refusal !== null) return refusal;
  }
  return reasoningRefusal(whole) ?? pairRefusal(whole);
}
