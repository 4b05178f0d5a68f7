import { anthropicModels, type FakeModel } from "../invoice-prices.ts";
import { answerLengthOf } from "../model-lengths.ts";
import type { Question, ToolOffer } from "../plan-answer.ts";
import { isJsonObject, listOf, type CallSetting, type JsonBody, type Refusal } from "../prepared-reply.ts";
import type { PromptMark } from "../prompt-cache.ts";
import { anthropicLettersPerToken, PromptScan } from "../token-scan.ts";
import { anthropicError, unknownModel } from "./errors.ts";

/** Our own flat rates: a message's frame, an image of about 1,000 x 1,000 pixels (width x height / 750), another part. */
const tokensPerMessage = 4;
const imageTokens = 1_334;
const otherPartTokens = 200;
/** The system prompt that tools bring along (docs.claude.com, "Tool use", Claude 4): auto or none, and any or a named tool. */
const toolPromptTokens = 346;
const forcedToolPromptTokens = 313;

/** A prompt that holds this makes the model redact its thinking (docs.claude.com, "Extended thinking", for testing). */
const redactionTrigger = "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_";

/** A messages request, understood. */
export interface MessagesQuestion extends Question {
  readonly asked: string;
  readonly model: FakeModel;
  readonly stream: boolean;
  /** Thinking is on, so its block comes first. */
  readonly thinks: boolean;
  /** The thinking is shown to nobody. */
  readonly redacts: boolean;
  readonly promptTokens: number;
  /** Every block of the prompt in the cache's order, with the caller's breakpoints on it. */
  readonly marks: readonly PromptMark[];
}

function required(name: string): Refusal {
  return anthropicError(400, `${name}: Field required`);
}

function countBreakpoints(value: unknown, depth = 0): number {
  if (depth > 8 || typeof value !== "object" || value === null) return 0;
  let count = isJsonObject(value) && isJsonObject(value["cache_control"]) ? 1 : 0;
  for (const part of Object.values(value)) count += countBreakpoints(part, depth + 1);
  return count;
}

/** What the API refuses; null where it is content. Order of the checks as the API's own validation reports them. */
function refusalOf(body: JsonBody, forCounting: boolean): Refusal | null {
  const { model, messages } = body;
  if (model === undefined) return required("model");
  if (typeof model !== "string") return anthropicError(400, "model: Input should be a valid string");
  if (!forCounting && body["max_tokens"] === undefined) return required("max_tokens");
  const most = body["max_tokens"] ?? 1;
  if (typeof most !== "number" || !Number.isInteger(most)) {
    return anthropicError(400, "max_tokens: Input should be a valid integer");
  }
  if (most < 0) return anthropicError(400, "max_tokens: Input should be greater than or equal to 0");
  if (messages === undefined) return required("messages");
  if (!Array.isArray(messages)) return anthropicError(400, "messages: Input should be a valid list");
  if (messages.length === 0) return anthropicError(400, "messages: at least one message is required");
  for (const [index, message] of messages.entries()) {
    const role: unknown = isJsonObject(message) ? message["role"] : undefined;
    if (role !== "user" && role !== "assistant" && role !== "system") {
      return anthropicError(400, `messages.${index}.role: Input should be 'user' or 'assistant'`);
    }
  }
  const thinking = isJsonObject(body["thinking"]) ? body["thinking"] : {};
  if (thinking["type"] === "enabled" && Number(thinking["budget_tokens"]) >= most) {
    return anthropicError(400, "`max_tokens` must be greater than `thinking.budget_tokens`.");
  }
  if (!anthropicModels.has(model)) return unknownModel(model);
  const breakpoints = countBreakpoints(body);
  if (breakpoints > 4) {
    return anthropicError(400, `A maximum of 4 blocks with cache_control may be provided. Found ${breakpoints}.`);
  }
  return null;
}

/** Walks the prompt in the order of the cache (tools, system, messages), counting and marking each block. */
class PromptWalk {
  readonly scan = new PromptScan(anthropicLettersPerToken);
  readonly marks: PromptMark[] = [];
  prompt = "";
  system = "";
  afterTool = false;

  tools(tools: readonly unknown[], forced: boolean): void {
    if (tools.length === 0) return;
    this.scan.overhead(forced ? forcedToolPromptTokens : toolPromptTokens);
    for (const tool of tools) {
      this.scan.text(JSON.stringify(tool, (key, value: unknown) => (key === "cache_control" ? undefined : value)));
      this.#mark(tool);
    }
  }

  systemBlocks(system: unknown): void {
    this.scan.mark("system");
    for (const block of typeof system === "string" ? [{ text: system }] : listOf(system)) {
      this.system += this.#block(block);
      this.#mark(block);
    }
  }

  message(message: JsonBody): void {
    const role = String(message["role"]);
    this.scan.mark(role);
    this.scan.overhead(tokensPerMessage);
    let text = "";
    this.afterTool = false;
    const content = message["content"];
    for (const block of typeof content === "string" ? [{ type: "text", text: content }] : listOf(content)) {
      if (isJsonObject(block) && block["type"] === "tool_result") this.afterTool = true;
      text += this.#block(block);
      this.#mark(block);
    }
    if (role === "user" && text !== "") this.prompt = text;
  }

  /** The last block becomes a breakpoint, because the request carries `cache_control` at its top. */
  markLast(ttl: "5m" | "1h"): void {
    const last = this.marks.pop();
    if (last !== undefined) this.marks.push({ ...last, ttl });
  }

  #block(block: unknown): string {
    if (!isJsonObject(block)) return "";
    if (typeof block["text"] === "string") {
      this.scan.text(block["text"]);
      return block["text"];
    }
    const plain = JSON.stringify(block, (key, value: unknown) => (key === "cache_control" ? undefined : value));
    if (block["type"] === "image") {
      this.scan.mark(plain);
      this.scan.overhead(imageTokens);
    } else if (block["type"] === "document") {
      this.scan.mark(plain);
      this.scan.overhead(otherPartTokens);
    } else this.scan.text(plain);
    return "";
  }

  #mark(block: unknown): void {
    const control = isJsonObject(block) ? block["cache_control"] : null;
    const ttl = isJsonObject(control) ? ttlOf(control) : null;
    this.marks.push({ hash: this.scan.hash, tokens: this.scan.tokens, ttl });
  }
}

function ttlOf(control: JsonBody): "5m" | "1h" {
  return control["ttl"] === "1h" ? "1h" : "5m";
}

function toolChoiceOf(choice: JsonBody): Pick<Question, "toolMode" | "toolName"> {
  if (choice["type"] === "tool") return { toolMode: "named", toolName: String(choice["name"]) };
  if (choice["type"] === "any") return { toolMode: "required", toolName: null };
  return { toolMode: choice["type"] === "none" ? "none" : "auto", toolName: null };
}

function readTools(body: JsonBody): readonly ToolOffer[] {
  return listOf(body["tools"]).flatMap((tool) =>
    isJsonObject(tool) && typeof tool["name"] === "string" && isJsonObject(tool["input_schema"])
      ? [{ name: tool["name"], schema: tool["input_schema"] }]
      : [],
  );
}

/** `output_config.format` and its older name `output_format`: `{type: "json_schema", schema}`. */
function schemaOf(body: JsonBody): unknown {
  const config = isJsonObject(body["output_config"]) ? body["output_config"] : {};
  const format = config["format"] ?? body["output_format"];
  return isJsonObject(format) && format["type"] === "json_schema" ? (format["schema"] ?? {}) : null;
}

/** Reads a parsed messages request, or tells how the vendor would refuse it. */
export function readMessagesQuestion(
  body: JsonBody,
  setting: CallSetting,
  forCounting = false,
): MessagesQuestion | Refusal {
  const refusal = refusalOf(body, forCounting);
  if (refusal !== null) return refusal;
  const asked = String(body["model"]);
  const choice = isJsonObject(body["tool_choice"]) ? body["tool_choice"] : {};
  const { toolMode, toolName } = toolChoiceOf(choice);
  const walk = new PromptWalk();
  walk.tools(listOf(body["tools"]), toolMode === "required" || toolMode === "named");
  walk.systemBlocks(body["system"]);
  for (const message of listOf(body["messages"])) if (isJsonObject(message)) walk.message(message);
  if (isJsonObject(body["cache_control"])) walk.markLast(ttlOf(body["cache_control"]));
  const thinking = isJsonObject(body["thinking"]) ? body["thinking"]["type"] : null;
  const thinks = thinking === "enabled" || thinking === "adaptive";
  walk.scan.mark(`${asked} ${String(body["temperature"])}`);
  return {
    asked,
    model: anthropicModels.get(asked) ?? { snapshot: asked, price: null },
    prompt: walk.prompt,
    system: walk.system,
    seed: (walk.scan.seed ^ Math.imul(setting.seed, 0x9e3779b1)) >>> 0,
    lettersPerToken: anthropicLettersPerToken,
    length: answerLengthOf(setting.lengths, asked, walk.scan.seed, anthropicLettersPerToken),
    outputTokensMax: typeof body["max_tokens"] === "number" ? body["max_tokens"] : null,
    stop: listOf(body["stop_sequences"]).filter((stop) => typeof stop === "string"),
    tools: readTools(body),
    toolMode,
    toolName,
    parallelTools: choice["disable_parallel_tool_use"] !== true,
    afterTool: walk.afterTool,
    schema: schemaOf(body),
    anyJson: false,
    reasoningWeight: thinks ? 2 : 0,
    stream: body["stream"] === true,
    thinks,
    redacts: walk.prompt.includes(redactionTrigger),
    promptTokens: walk.scan.tokens,
    marks: walk.marks,
  };
}
