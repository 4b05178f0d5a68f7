import type { FakeModel } from "../invoice-prices.ts";
import { geminiModels } from "../invoice-prices-gemini.ts";
import { answerLengthOf } from "../model-lengths.ts";
import type { Question, ToolOffer } from "../plan-answer.ts";
import { isJsonObject, listOf, type CallSetting, type JsonBody, type Refusal } from "../prepared-reply.ts";
import { geminiLettersPerToken } from "../token-scan.ts";
import { requestRefusal } from "./check-request.ts";
import { geminiError, unknownModel } from "./errors.ts";
import { field, messageAt } from "./google-fields.ts";
import { jsonSchemaOf } from "./google-schema.ts";
import { traitsOf, type ModelTraits } from "./model-traits.ts";
import { scanContents } from "./scan-contents.ts";
import { signatureRefusal } from "./signatures.ts";
import { readThinking, type Thinking } from "./thinking.ts";

/** A `generateContent` request, understood. */
export interface GeminiQuestion extends Question {
  readonly model: FakeModel;
  readonly traits: ModelTraits;
  readonly thinking: Thinking;
  /** Functions are offered, so that calls carry signatures. */
  readonly offersTools: boolean;
  readonly choices: number;
  readonly promptTokens: number;
  readonly imageTokens: number;
  readonly audioTokens: number;
  readonly stepHashes: readonly string[];
}

function readTools(body: JsonBody): readonly ToolOffer[] {
  const config = messageAt(messageAt(body, "toolConfig"), "functionCallingConfig");
  const allowed = listOf(field(config, "allowedFunctionNames"));
  return listOf(body["tools"])
    .filter(isJsonObject)
    .flatMap((tool) => listOf(field(tool, "functionDeclarations")).filter(isJsonObject))
    .filter(({ name }) => allowed.length === 0 || allowed.includes(name))
    .map((declaration) => ({
      name: String(declaration["name"]),
      schema: field(declaration, "parametersJsonSchema") ?? jsonSchemaOf(declaration["parameters"] ?? {}),
    }));
}

function toolModeOf(body: JsonBody): Question["toolMode"] {
  const mode = field(messageAt(messageAt(body, "toolConfig"), "functionCallingConfig"), "mode");
  if (mode === "NONE") return "none";
  return mode === "ANY" ? "required" : "auto";
}

function schemaOf(config: JsonBody): unknown {
  if (field(config, "responseMimeType") !== "application/json") return null;
  const own = field(config, "responseSchema");
  return own === undefined ? (field(config, "responseJsonSchema") ?? null) : jsonSchemaOf(own);
}

/** What depends on the model: second generation models refuse what third generation ones can. */
function modelRefusal(body: JsonBody, traits: ModelTraits): Refusal | null {
  const mime = field(messageAt(body, "generationConfig"), "responseMimeType");
  if (traits.generation < 3 && mime === "application/json" && readTools(body).length > 0) {
    return geminiError(400, "Function calling with a response mime type: 'application/json' is unsupported");
  }
  return traits.generation < 3 ? null : signatureRefusal(listOf(body["contents"]).filter(isJsonObject));
}

function choicesOf(config: JsonBody): number {
  const count = field(config, "candidateCount");
  return typeof count === "number" ? Math.min(8, Math.max(1, Math.floor(count))) : 1;
}

/** Reads a parsed request for a model, or tells how Google would refuse it. */
export function readGeminiQuestion(name: string, body: JsonBody, setting: CallSetting): GeminiQuestion | Refusal {
  const model = geminiModels.get(name);
  if (model === undefined) return unknownModel(name);
  const refusal = requestRefusal(body);
  if (refusal !== null) return refusal;
  const traits = traitsOf(name);
  const wrong = modelRefusal(body, traits);
  if (wrong !== null) return wrong;
  const config = messageAt(body, "generationConfig");
  const thinking = readThinking(config, name, traits);
  if ("body" in thinking) return thinking;
  const { scan, prompt, system, afterTool, imageTokens, audioTokens } = scanContents(body);
  const promptTokens = scan.tokens;
  scan.mark(`${name} ${String(config["temperature"])} ${String(config["seed"])}`);
  const most = field(config, "maxOutputTokens");
  const tools = readTools(body);
  const schema = schemaOf(config);
  return {
    model,
    traits,
    thinking,
    offersTools: tools.length > 0,
    choices: choicesOf(config),
    prompt,
    system,
    seed: (scan.seed ^ Math.imul(setting.seed, 0x9e3779b1)) >>> 0,
    lettersPerToken: geminiLettersPerToken,
    length: answerLengthOf(setting.lengths, name, scan.seed, geminiLettersPerToken),
    outputTokensMax: typeof most === "number" ? most : null,
    stop: listOf(field(config, "stopSequences")).filter((stop) => typeof stop === "string"),
    tools,
    toolMode: toolModeOf(body),
    toolName: null,
    parallelTools: true,
    afterTool,
    schema,
    anyJson: schema === null && field(config, "responseMimeType") === "application/json",
    reasoningWeight: thinking.weight,
    promptTokens,
    imageTokens,
    audioTokens,
    stepHashes: scan.stepHashes,
  };
}
