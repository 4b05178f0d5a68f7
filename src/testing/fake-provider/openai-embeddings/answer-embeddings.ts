import type { Behaviour } from "../behaviour.ts";
import { noTokens } from "../invoice.ts";
import { embeddingModels } from "../invoice-prices-endpoints.ts";
import { missingParameter, openaiError } from "../openai/errors.ts";
import { findModel, notServed } from "../openai/find-model.ts";
import { plainReply } from "../plain-reply.ts";
import { listOf, type CallSetting, type JsonBody, type PreparedReply, type Refusal } from "../prepared-reply.ts";
import { spoilUsage } from "../spoil-usage.ts";
import { countTokens, openaiLettersPerToken } from "../token-scan.ts";
import { faceOf } from "../vendor-face.ts";
import { embedText } from "./embed-text.ts";

/** Places of the models' vectors (platform.openai.com/docs/guides/embeddings); a server's own model gets 1,024. */
const sizes: Readonly<Record<string, number>> = {
  "text-embedding-3-small": 1_536,
  "text-embedding-3-large": 3_072,
  "text-embedding-ada-002": 1_536,
};
const usualSize = 1_024;
/** Most inputs of one request, and most tokens of one input, from the same page. */
const inputsMax = 2_048;
const inputTokensMax = 8_192;

type Input = string | readonly number[];

function isTokens(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((token) => typeof token === "number");
}

/** Texts or lists of token numbers, one or several; null where it is neither. */
function readInputs(input: unknown): readonly Input[] | null {
  if (typeof input === "string" || isTokens(input)) return [input];
  const list = listOf(input);
  const inputs = list.filter((one) => typeof one === "string" || isTokens(one));
  return list.length > 0 && inputs.length === list.length && list.length <= inputsMax ? inputs : null;
}

function tokensOf(input: Input): number {
  return typeof input === "string" ? countTokens(input, openaiLettersPerToken) : input.length;
}

function tooLong(tokens: number): Refusal {
  const message = `This model's maximum context length is ${inputTokensMax} tokens, however you requested ${tokens} tokens (${tokens} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`;
  return openaiError(400, message);
}

/** As numbers with as many digits as single precision has, or as the bytes of little-endian floats. */
function encode(vector: Float32Array, format: unknown): string {
  if (format !== "base64") return `[${Array.from(vector, (value) => Number(value.toPrecision(9))).join(",")}]`;
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return `"${bytes.toString("base64")}"`;
}

function dimensionsOf(body: JsonBody, model: string, size: number): number | Refusal {
  const asked = body["dimensions"] ?? null;
  if (asked === null) return size;
  if (model === "text-embedding-ada-002") {
    return openaiError(400, "This model does not support specifying dimensions.");
  }
  if (typeof asked === "number" && Number.isInteger(asked) && asked >= 1 && asked <= size) return asked;
  const message = `Invalid value for 'dimensions' = ${JSON.stringify(asked)}. Must be less than or equal to ${size}.`;
  return openaiError(400, message, "invalid_request_error", "dimensions");
}

function usageJson(tokens: number, behaviour: Behaviour): string {
  const json = JSON.stringify({ prompt_tokens: tokens, total_tokens: tokens });
  return behaviour.badUsage === undefined ? json : spoilUsage(json, behaviour.badUsage);
}

/** Answers `POST /v1/embeddings`. */
export function answerEmbeddings(body: JsonBody, setting: CallSetting, behaviour: Behaviour): PreparedReply | Refusal {
  const asked = body["model"];
  if (typeof asked !== "string" || asked === "") return openaiError(400, "you must provide a model parameter");
  const model = findModel(asked, setting, embeddingModels);
  if (model === null) return notServed(asked, setting);
  if (body["input"] === undefined) return missingParameter("input");
  const inputs = readInputs(body["input"]);
  const format = body["encoding_format"] ?? "float";
  if (inputs === null || inputs.includes("")) {
    return openaiError(
      400,
      "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
    );
  }
  if (format !== "float" && format !== "base64") {
    return openaiError(
      400,
      `Invalid value for 'encoding_format': ${String(format)}.`,
      "invalid_request_error",
      "encoding_format",
    );
  }
  const counts = inputs.map(tokensOf);
  const longest = Math.max(...counts);
  if (longest > inputTokensMax) return tooLong(longest);
  const size = sizes[asked] ?? usualSize;
  const dimensions = dimensionsOf(body, asked, size);
  if (typeof dimensions !== "number") return dimensions;
  const data = inputs.map((input, index) => {
    const text = typeof input === "string" ? input : input.join(" ");
    const vector = encode(embedText(text, asked, size, dimensions), format);
    return `{"object":"embedding","index":${index},"embedding":${vector}}`;
  });
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  const isUsage = behaviour.noUsage !== true;
  const usage = isUsage ? `,"usage":${usageJson(tokens, behaviour)}` : "";
  const text = `{"object":"list","data":[${data.join(",")}],"model":"${model.snapshot}"${usage}}`;
  const face = faceOf("openai", setting);
  return {
    ...plainReply(face, setting, 200, text),
    headers: face.headers(setting, tokens).headers,
    servedModel: model.snapshot,
    price: model.price,
    prompt: { ...noTokens, input: tokens },
    pieces: [{ text, generated: 0, isContent: true, isUsage }],
  };
}
