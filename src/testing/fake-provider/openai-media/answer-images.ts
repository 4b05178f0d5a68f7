import type { Behaviour } from "../behaviour.ts";
import { noTokens } from "../invoice.ts";
import { imageModels } from "../invoice-prices-endpoints.ts";
import { missingParameter, openaiError } from "../openai/errors.ts";
import { findModel, notServed } from "../openai/find-model.ts";
import { plainReply } from "../plain-reply.ts";
import type { CallSetting, JsonBody, PreparedReply, Refusal } from "../prepared-reply.ts";
import { spoilUsage } from "../spoil-usage.ts";
import { countTokens, openaiLettersPerToken } from "../token-scan.ts";
import { faceOf } from "../vendor-face.ts";

/** A transparent picture of one pixel: what every picture of this provider is. */
const onePixelPng = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** Tokens of a picture by size and quality (platform.openai.com/docs/guides/image-generation, "Cost and latency"). */
const pictureTokens: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  "1024x1024": { low: 272, medium: 1_056, high: 4_160 },
  "1024x1536": { low: 408, medium: 1_584, high: 6_240 },
  "1536x1024": { low: 400, medium: 1_568, high: 6_208 },
};

interface Picture {
  readonly size: string;
  readonly quality: string;
  readonly count: number;
}

function pictureOf(body: JsonBody): Picture {
  const size = typeof body["size"] === "string" && body["size"] !== "auto" ? body["size"] : "1024x1024";
  const quality = typeof body["quality"] === "string" && body["quality"] !== "auto" ? body["quality"] : "high";
  const count = typeof body["n"] === "number" ? Math.min(10, Math.max(1, Math.floor(body["n"]))) : 1;
  return { size, quality, count };
}

/** `dall-e-3` costs $0.04 for a standard square, twice that for a larger one or for `hd`, and three times for both. */
function dallEUnits({ size, quality, count }: Picture): number {
  return count * (1 + (size === "1024x1024" ? 0 : 1) + (quality === "hd" ? 1 : 0));
}

function usageJson(input: number, output: number, behaviour: Behaviour): string {
  const json = JSON.stringify({
    input_tokens: input,
    input_tokens_details: { image_tokens: 0, text_tokens: input },
    output_tokens: output,
    total_tokens: input + output,
  });
  return behaviour.badUsage === undefined ? json : spoilUsage(json, behaviour.badUsage);
}

/** Answers `POST /v1/images/generations`: GPT image models with bytes and usage, `dall-e-3` with a link and none. */
export function answerImages(body: JsonBody, setting: CallSetting, behaviour: Behaviour): PreparedReply | Refusal {
  const asked = typeof body["model"] === "string" ? body["model"] : "dall-e-3";
  const model = findModel(asked, setting, imageModels);
  if (model === null) return notServed(asked, setting);
  const { prompt } = body;
  if (typeof prompt !== "string" || prompt === "") return missingParameter("prompt");
  const picture = pictureOf(body);
  const isToken = asked.startsWith("gpt-image");
  const each = pictureTokens[picture.size]?.[picture.quality];
  if (isToken && each === undefined) {
    const message = `Invalid value: '${picture.size}' at quality '${picture.quality}'. Supported sizes are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.`;
    return openaiError(400, message, "invalid_request_error", "size", "invalid_value");
  }
  const input = isToken ? countTokens(prompt, openaiLettersPerToken) : 0;
  const output = isToken ? picture.count * (each ?? 0) : dallEUnits(picture);
  const asBytes = isToken || body["response_format"] === "b64_json";
  const one = {
    ...(isToken ? {} : { revised_prompt: prompt }),
    ...(asBytes ? { b64_json: onePixelPng } : { url: `https://images.invalid/${setting.number}.png` }),
  };
  const data = Array.from({ length: picture.count }, () => one);
  const isUsage = isToken && behaviour.noUsage !== true;
  const more = isToken
    ? `,"background":"opaque","output_format":"png","quality":"${picture.quality}","size":"${picture.size}"`
    : "";
  const usage = isUsage ? `,"usage":${usageJson(input, output, behaviour)}` : "";
  const text = `{"created":${Math.floor(setting.nowMs / 1_000)}${more},"data":${JSON.stringify(data)}${usage}}`;
  return {
    ...plainReply(faceOf("openai", setting), setting, 200, text),
    servedModel: model.snapshot,
    price: model.price,
    prompt: { ...noTokens, input },
    outputTokens: output,
    pieces: [{ text, generated: output, isContent: true, isUsage }],
  };
}
