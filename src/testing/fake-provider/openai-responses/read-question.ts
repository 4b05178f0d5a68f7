import type { FakeModel } from "../invoice-prices.ts";
import { openaiError } from "../openai/errors.ts";
import { findModel, notServed } from "../openai/find-model.ts";
import { reasoningWeightOf } from "../openai/reasoning.ts";
import { answerLengthOf } from "../model-lengths.ts";
import type { Question, ToolOffer } from "../plan-answer.ts";
import { isJsonObject, listOf, type CallSetting, type JsonBody, type Refusal } from "../prepared-reply.ts";
import type { PromptMark } from "../prompt-cache.ts";
import { openaiLettersPerToken } from "../token-scan.ts";
import { inputRefusal } from "./check-input.ts";
import { parameterRefusal } from "./check-parameters.ts";
import type { ResponseStore } from "./response-store.ts";
import { scanInput } from "./scan-input.ts";

/** A responses request, understood. */
export interface ResponsesQuestion extends Question {
  readonly asked: string;
  readonly model: FakeModel;
  readonly body: JsonBody;
  readonly stream: boolean;
  readonly background: boolean;
  readonly store: boolean;
  readonly obfuscate: boolean;
  /** `reasoning.summary` asks for a summary of the thinking. */
  readonly summarises: boolean;
  /** `include` asks for what can be handed back without the store. */
  readonly encrypts: boolean;
  readonly promptTokens: number;
  readonly stepHashes: readonly string[];
  readonly messageEnds: readonly PromptMark[];
  /** The items of this request. */
  readonly given: readonly JsonBody[];
  /** Those of the responses before it, and then its own. */
  readonly items: readonly JsonBody[];
}

function memberOf(body: JsonBody, name: string): JsonBody {
  const value = body[name];
  return isJsonObject(value) ? value : {};
}

/** The items of the request; references replaced by what they refer to. */
function readItems(body: JsonBody, owner: string, store: ResponseStore): readonly JsonBody[] | Refusal {
  const { input } = body;
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  const items: JsonBody[] = [];
  for (const item of listOf(input)) {
    if (!isJsonObject(item)) continue;
    if (item["type"] !== "item_reference") {
      items.push(item);
      continue;
    }
    const found = store.findItem(owner, String(item["id"]));
    if (found === null) {
      const message = `Item with id '${String(item["id"])}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`;
      return openaiError(404, message, "invalid_request_error", "input");
    }
    items.push(found);
  }
  return items;
}

function readHistory(body: JsonBody, owner: string, store: ResponseStore): readonly JsonBody[] | Refusal {
  const id = body["previous_response_id"];
  if (typeof id !== "string") return [];
  const found = store.find(owner, id);
  if (found !== null) return found.history;
  const message = `Previous response with id '${id}' not found.`;
  return openaiError(400, message, "invalid_request_error", "previous_response_id", "previous_response_not_found");
}

function readTools(body: JsonBody): readonly ToolOffer[] {
  const choice = memberOf(body, "tool_choice");
  const allowed = choice["type"] === "allowed_tools" ? listOf(choice["tools"]) : null;
  const names = allowed?.map((tool) => (isJsonObject(tool) ? tool["name"] : null));
  return listOf(body["tools"]).flatMap((tool) =>
    isJsonObject(tool) &&
    tool["type"] === "function" &&
    typeof tool["name"] === "string" &&
    names?.includes(tool["name"]) !== false
      ? [{ name: tool["name"], schema: tool["parameters"] ?? {} }]
      : [],
  );
}

function toolChoiceOf(body: JsonBody): Pick<Question, "toolMode" | "toolName"> {
  const choice = body["tool_choice"];
  if (choice === "none" || choice === "required") return { toolMode: choice, toolName: null };
  if (!isJsonObject(choice)) return { toolMode: "auto", toolName: null };
  if (choice["type"] === "function") return { toolMode: "named", toolName: String(choice["name"]) };
  return { toolMode: choice["mode"] === "required" ? "required" : "auto", toolName: null };
}

function flagsOf(
  body: JsonBody,
): Pick<ResponsesQuestion, "stream" | "background" | "store" | "obfuscate" | "summarises" | "encrypts"> {
  return {
    stream: body["stream"] === true,
    background: body["background"] === true,
    store: body["store"] !== false,
    obfuscate: memberOf(body, "stream_options")["include_obfuscation"] !== false,
    summarises: typeof memberOf(body, "reasoning")["summary"] === "string",
    encrypts: listOf(body["include"]).includes("reasoning.encrypted_content"),
  };
}

/**
 * Reads a parsed responses request, or tells how the vendor would refuse it.
 *
 * @param forCounting the model may be left out.
 */
export function readResponsesQuestion(
  body: JsonBody,
  setting: CallSetting,
  store: ResponseStore,
  forCounting = false,
): ResponsesQuestion | Refusal {
  const refusal = parameterRefusal(body, forCounting);
  if (refusal !== null) return refusal;
  const asked = String(body["model"] ?? "gpt-4o");
  const model = findModel(asked, setting);
  if (model === null) return notServed(asked, setting);
  const given = readItems(body, setting.owner, store);
  if ("body" in given) return given;
  const history = readHistory(body, setting.owner, store);
  if ("body" in history) return history;
  const items = [...history, ...given];
  const wrong = inputRefusal(given, items);
  if (wrong !== null) return wrong;
  const format = memberOf(memberOf(body, "text"), "format");
  const { scan, prompt, system, afterTool, messageEnds } = scanInput(
    [body["tools"], format["type"] === "json_schema" ? format : null],
    body["instructions"],
    items,
  );
  scan.mark(`${asked} ${String(body["temperature"])}`);
  const most = body["max_output_tokens"];
  return {
    asked,
    model,
    body,
    ...flagsOf(body),
    prompt,
    system,
    seed: (scan.seed ^ Math.imul(setting.seed, 0x9e3779b1)) >>> 0,
    lettersPerToken: openaiLettersPerToken,
    length: answerLengthOf(setting.lengths, asked, scan.seed, openaiLettersPerToken),
    outputTokensMax: typeof most === "number" ? most : null,
    stop: [],
    tools: readTools(body),
    ...toolChoiceOf(body),
    parallelTools: body["parallel_tool_calls"] !== false,
    afterTool,
    schema: format["type"] === "json_schema" ? format["schema"] : null,
    anyJson: format["type"] === "json_object",
    reasoningWeight: reasoningWeightOf(asked, memberOf(body, "reasoning")["effort"]),
    promptTokens: scan.tokens,
    stepHashes: scan.stepHashes,
    messageEnds,
    given,
    items,
  };
}
