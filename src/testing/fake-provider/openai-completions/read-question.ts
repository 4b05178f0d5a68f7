import type { FakeModel } from "../invoice-prices.ts";
import { completionModels } from "../invoice-prices-endpoints.ts";
import { missingParameter, openaiError } from "../openai/errors.ts";
import { findModel, notServed } from "../openai/find-model.ts";
import { answerLengthOf } from "../model-lengths.ts";
import type { Question } from "../plan-answer.ts";
import { isJsonObject, listOf, type CallSetting, type JsonBody, type Refusal } from "../prepared-reply.ts";
import { openaiLettersPerToken, PromptScan } from "../token-scan.ts";

/** Without `max_tokens` an answer ends here (platform.openai.com/docs/api-reference/completions/create). */
const usualTokensMax = 16;

/** One prompt of a completions request; each gets answers of its own. */
export interface PromptQuestion extends Question {
  readonly promptTokens: number;
}

/** A completions request, understood. */
export interface CompletionsQuestion {
  readonly model: FakeModel;
  readonly prompts: readonly PromptQuestion[];
  /** Answers to each prompt. */
  readonly choices: number;
  /** The answer begins with the prompt. */
  readonly echo: boolean;
  readonly stream: boolean;
  readonly includeUsage: boolean;
}

/** A prompt is a text or a list of token numbers; several come as a list of either. */
function readPrompts(prompt: unknown): readonly (string | readonly unknown[])[] {
  if (typeof prompt === "string") return [prompt];
  const list = listOf(prompt);
  if (list.length > 0 && list.every((token) => typeof token === "number")) return [list];
  return list.filter((one) => typeof one === "string" || Array.isArray(one));
}

function readPrompt(body: JsonBody, prompt: string | readonly unknown[], setting: CallSetting): PromptQuestion {
  const scan = new PromptScan(openaiLettersPerToken);
  if (typeof prompt === "string") scan.text(prompt);
  else {
    // Token numbers count as they are; what they say is nobody's secret, but nothing here can read them.
    scan.mark(JSON.stringify(prompt));
    scan.overhead(prompt.length);
  }
  const promptTokens = scan.tokens;
  scan.mark(`${String(body["model"])} ${String(body["temperature"])} ${String(body["seed"])}`);
  const most = body["max_tokens"] ?? usualTokensMax;
  return {
    prompt: typeof prompt === "string" ? prompt : "",
    system: "",
    seed: (scan.seed ^ Math.imul(setting.seed, 0x9e3779b1)) >>> 0,
    lettersPerToken: openaiLettersPerToken,
    length: answerLengthOf(setting.lengths, String(body["model"]), scan.seed, openaiLettersPerToken),
    outputTokensMax: typeof most === "number" ? most : usualTokensMax,
    stop: (typeof body["stop"] === "string" ? [body["stop"]] : listOf(body["stop"])).filter(
      (stop) => typeof stop === "string",
    ),
    tools: [],
    toolMode: "none",
    toolName: null,
    parallelTools: false,
    afterTool: false,
    schema: null,
    anyJson: false,
    reasoningWeight: 0,
    promptTokens,
  };
}

/** Reads a parsed completions request, or tells how the vendor would refuse it. */
export function readCompletionsQuestion(body: JsonBody, setting: CallSetting): CompletionsQuestion | Refusal {
  const { model: asked, n } = body;
  if (typeof asked !== "string" || asked === "") return openaiError(400, "you must provide a model parameter");
  const model = findModel(asked, setting, completionModels);
  if (model === null) return notServed(asked, setting);
  const prompts = readPrompts(body["prompt"]);
  if (prompts.length === 0) return missingParameter("prompt");
  if (isJsonObject(body["stream_options"]) && body["stream"] !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    return openaiError(400, message, "invalid_request_error", "stream_options");
  }
  const options = isJsonObject(body["stream_options"]) ? body["stream_options"] : {};
  return {
    model,
    prompts: prompts.map((prompt) => readPrompt(body, prompt, setting)),
    choices: typeof n === "number" && n >= 1 && n <= 128 ? Math.floor(n) : 1,
    echo: body["echo"] === true,
    stream: body["stream"] === true,
    includeUsage: options["include_usage"] === true,
  };
}
