import type { Behaviour } from "../behaviour.ts";
import type { FakeModel } from "../invoice-prices.ts";
import { answerLengthOf } from "../model-lengths.ts";
import type { Question, ToolOffer } from "../plan-answer.ts";
import { isJsonObject, listOf, type CallSetting, type JsonBody, type Refusal } from "../prepared-reply.ts";
import type { PromptMark } from "../prompt-cache.ts";
import { openaiLettersPerToken, PromptScan } from "../token-scan.ts";
import { missingParameter, openaiError } from "./errors.ts";
import { findModel, notServed } from "./find-model.ts";
import { reasons, reasoningWeightOf } from "./reasoning.ts";
import { imageTokens, lowImageTokens, otherPartTokens, tokensPerMessage, tokensPerPrompt } from "./token-rates.ts";

/** A chat request, understood. */
export interface ChatQuestion extends Question {
  readonly asked: string;
  readonly model: FakeModel;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly obfuscate: boolean;
  readonly choices: number;
  readonly logprobs: boolean;
  /** The thinking is shown as `reasoning_content`. */
  readonly showsReasoning: boolean;
  readonly promptTokens: number;
  readonly stepHashes: readonly string[];
  readonly messageEnds: readonly PromptMark[];
}

/** The API takes an explicit null for an absent parameter. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function scanContent(scan: PromptScan, content: unknown): string {
  if (typeof content === "string") {
    scan.text(content);
    return content;
  }
  let text = "";
  for (const part of listOf(content)) {
    if (!isJsonObject(part)) continue;
    const image = part["image_url"];
    if (typeof part["text"] === "string") {
      scan.text(part["text"]);
      text += part["text"];
    } else if (isJsonObject(image)) {
      scan.mark(String(image["url"]));
      scan.overhead(image["detail"] === "low" ? lowImageTokens : imageTokens);
    } else {
      scan.mark(JSON.stringify(part));
      scan.overhead(otherPartTokens);
    }
  }
  return text;
}

function readTools(body: JsonBody): readonly ToolOffer[] {
  return listOf(body["tools"]).flatMap((tool) => {
    const offered = isJsonObject(tool) ? tool["function"] : null;
    return isJsonObject(offered) && typeof offered["name"] === "string"
      ? [{ name: offered["name"], schema: offered["parameters"] ?? {} }]
      : [];
  });
}

function toolChoiceOf(body: JsonBody): Pick<Question, "toolMode" | "toolName"> {
  const choice = body["tool_choice"] ?? "auto";
  if (choice === "none" || choice === "required") return { toolMode: choice, toolName: null };
  const named = isJsonObject(choice) && isJsonObject(choice["function"]) ? choice["function"]["name"] : null;
  return typeof named === "string" ? { toolMode: "named", toolName: named } : { toolMode: "auto", toolName: null };
}

/** What the API refuses before it looks at the content; null where it is content. */
function refusalOf(body: JsonBody, setting: CallSetting): Refusal | null {
  const { model, messages, n, stream } = body;
  if (model === undefined || model === "") return openaiError(400, "you must provide a model parameter");
  if (typeof model !== "string") return wrongType("model", "a string", model);
  if (messages === undefined) return missingParameter("messages");
  if (!Array.isArray(messages)) return wrongType("messages", "an array of objects", messages);
  if (messages.length === 0) {
    return openaiError(
      400,
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      "invalid_request_error",
      "messages",
      "empty_array",
    );
  }
  if (n !== undefined && n !== null && !(Number.isInteger(n) && Number(n) >= 1 && Number(n) <= 128)) {
    return openaiError(400, "Invalid 'n': expected an integer from 1 to 128.", "invalid_request_error", "n");
  }
  if (isGiven(body["stream_options"]) && stream !== true) {
    return openaiError(
      400,
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      "invalid_request_error",
      "stream_options",
    );
  }
  if (findModel(model, setting) === null) return notServed(model, setting);
  if (isGiven(body["max_tokens"]) && reasons(model)) {
    return openaiError(
      400,
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      "invalid_request_error",
      "max_tokens",
      "unsupported_parameter",
    );
  }
  return null;
}

function wrongType(name: string, expected: string, given: unknown): Refusal {
  const kind = given === null ? "null" : Array.isArray(given) ? "an array" : `a ${typeof given}`;
  return openaiError(
    400,
    `Invalid type for '${name}': expected ${expected}, but got ${kind} instead.`,
    "invalid_request_error",
    name,
    "invalid_type",
  );
}

interface Scanned {
  readonly scan: PromptScan;
  readonly prompt: string;
  readonly system: string;
  readonly lastRole: string;
  readonly messageEnds: readonly PromptMark[];
}

/** Tools and schema stand before the messages, as they do in OpenAI's cached prefix. */
function scanPrompt(body: JsonBody, messages: readonly unknown[]): Scanned {
  const scan = new PromptScan(openaiLettersPerToken);
  if (isGiven(body["tools"])) scan.text(JSON.stringify(body["tools"]));
  if (isGiven(body["response_format"])) scan.text(JSON.stringify(body["response_format"]));
  let prompt = "";
  let system = "";
  let lastRole = "";
  const messageEnds: PromptMark[] = [];
  for (const message of messages) {
    if (!isJsonObject(message)) continue;
    lastRole = String(message["role"]);
    scan.mark(lastRole);
    scan.overhead(tokensPerMessage);
    const text = scanContent(scan, message["content"]);
    if (isGiven(message["tool_calls"])) scan.text(JSON.stringify(message["tool_calls"]));
    if (lastRole === "user") prompt = text;
    else if (lastRole === "system" || lastRole === "developer") system += text;
    messageEnds.push({ hash: scan.hash, tokens: scan.tokens, ttl: null });
  }
  scan.overhead(tokensPerPrompt);
  return { scan, prompt, system, lastRole, messageEnds };
}

/** Reads a parsed chat request, or tells how the vendor would refuse it. */
export function readChatQuestion(
  body: JsonBody,
  setting: CallSetting,
  behaviour: Behaviour = {},
): ChatQuestion | Refusal {
  const refusal = refusalOf(body, setting);
  if (refusal !== null) return refusal;
  const asked = String(body["model"]);
  const model = findModel(asked, setting) ?? { snapshot: asked, price: null };
  const showsReasoning = behaviour.reasoningContent === true && isGiven(body["reasoning_effort"]);
  const { scan, prompt, system, lastRole, messageEnds } = scanPrompt(body, listOf(body["messages"]));
  const format = isJsonObject(body["response_format"]) ? body["response_format"] : {};
  if (format["type"] === "json_object" && !/json/i.test(JSON.stringify(body["messages"]))) {
    return openaiError(
      400,
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      "invalid_request_error",
      "messages",
    );
  }
  const jsonSchema =
    format["type"] === "json_schema" && isJsonObject(format["json_schema"]) ? format["json_schema"] : null;
  const most = body["max_completion_tokens"] ?? body["max_tokens"];
  const options = isJsonObject(body["stream_options"]) ? body["stream_options"] : {};
  scan.mark(`${asked} ${String(body["temperature"])} ${String(body["seed"])}`);
  return {
    asked,
    model,
    prompt,
    system,
    seed: (scan.seed ^ Math.imul(setting.seed, 0x9e3779b1)) >>> 0,
    lettersPerToken: openaiLettersPerToken,
    length: answerLengthOf(setting.lengths, asked, scan.seed, openaiLettersPerToken),
    outputTokensMax: typeof most === "number" ? most : null,
    stop: (typeof body["stop"] === "string" ? [body["stop"]] : listOf(body["stop"])).filter(
      (stop) => typeof stop === "string",
    ),
    tools: readTools(body),
    ...toolChoiceOf(body),
    parallelTools: body["parallel_tool_calls"] !== false,
    afterTool: lastRole === "tool",
    schema: jsonSchema === null ? null : (jsonSchema["schema"] ?? {}),
    anyJson: format["type"] === "json_object",
    reasoningWeight: reasoningWeightOf(asked, body["reasoning_effort"], showsReasoning),
    showsReasoning,
    stream: body["stream"] === true,
    includeUsage: options["include_usage"] === true,
    obfuscate: options["include_obfuscation"] !== false,
    choices: typeof body["n"] === "number" ? body["n"] : 1,
    logprobs: body["logprobs"] === true,
    promptTokens: scan.tokens,
    stepHashes: scan.stepHashes,
    messageEnds,
  };
}
