import type { Behaviour } from "../behaviour.ts";
import { noTokens } from "../invoice.ts";
import { speechModels } from "../invoice-prices-endpoints.ts";
import { errorEvent, missingParameter, openaiError } from "../openai/errors.ts";
import { findModel, notServed } from "../openai/find-model.ts";
import { plainReply } from "../plain-reply.ts";
import type { CallSetting, JsonBody, Piece, PreparedReply, Refusal } from "../prepared-reply.ts";
import { spoilUsage } from "../spoil-usage.ts";
import { countTokens, openaiLettersPerToken } from "../token-scan.ts";
import { faceOf } from "../vendor-face.ts";
import { silentSound, soundTypes } from "./silent-sound.ts";

/** How fast this provider speaks, and what a second of speech costs: our own flat rates. */
const lettersPerSecond = 15;
const tokensPerSecond = 20;
/** Longest text, from the page of `audio/speech`. */
const inputLengthMax = 4_096;
/** Bytes of sound in one event of a stream. */
const eventBytes = 8_192;

function usageJson(input: number, output: number, behaviour: Behaviour): string {
  const json = JSON.stringify({ input_tokens: input, output_tokens: output, total_tokens: input + output });
  return behaviour.badUsage === undefined ? json : spoilUsage(json, behaviour.badUsage);
}

/** `stream_format: "sse"`: sound in base64, and at last the usage. */
function renderStream(sound: Buffer, input: number, output: number, behaviour: Behaviour): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < sound.length; at += eventBytes) {
    const audio = sound.subarray(at, at + eventBytes).toString("base64");
    const generated = Math.ceil((output * Math.min(sound.length, at + eventBytes)) / sound.length);
    const text = `data: ${JSON.stringify({ type: "speech.audio.delta", audio })}\n\n`;
    pieces.push({ text, generated, isContent: true, isUsage: false });
  }
  const usage = behaviour.noUsage === true ? "" : `,"usage":${usageJson(input, output, behaviour)}`;
  const text = `data: {"type":"speech.audio.done"${usage}}\n\n`;
  pieces.push({ text, generated: output, isContent: false, isUsage: behaviour.noUsage !== true });
  return pieces;
}

/** Answers `POST /v1/audio/speech` with bytes, which tell no usage, or with events, which do. */
export function answerSpeech(body: JsonBody, setting: CallSetting, behaviour: Behaviour): PreparedReply | Refusal {
  const asked = body["model"];
  if (typeof asked !== "string") return missingParameter("model");
  const model = findModel(asked, setting, speechModels);
  if (model === null) return notServed(asked, setting);
  const { input, voice } = body;
  if (typeof input !== "string" || input === "") return missingParameter("input");
  if (voice === undefined) return missingParameter("voice");
  if (input.length > inputLengthMax) {
    const message = `Invalid 'input': string too long. Expected a string with maximum length ${inputLengthMax}, but got a string with length ${input.length} instead.`;
    return openaiError(400, message, "invalid_request_error", "input", "string_above_max_length");
  }
  const format = String(body["response_format"] ?? "mp3");
  const type = soundTypes[format];
  if (type === undefined)
    return openaiError(400, `Invalid value: '${format}'.`, "invalid_request_error", "response_format");
  const seconds = Math.max(1, Math.ceil(input.length / lettersPerSecond));
  const sound = silentSound(format, seconds);
  const isToken = asked.startsWith("gpt-");
  const inputTokens = isToken ? countTokens(input, openaiLettersPerToken) : input.length;
  const outputTokens = isToken ? seconds * tokensPerSecond : 0;
  const streams = body["stream_format"] === "sse" && isToken;
  const whole: readonly Piece[] = [
    { text: "", bytes: sound, generated: outputTokens, isContent: true, isUsage: false },
  ];
  return {
    ...plainReply(faceOf("openai", setting), setting, 200, "", streams ? "text/event-stream; charset=utf-8" : type),
    servedModel: model.snapshot,
    price: model.price,
    prompt: { ...noTokens, input: inputTokens },
    outputTokens,
    stream: streams,
    pieces: streams ? renderStream(sound, inputTokens, outputTokens, behaviour) : whole,
    errorEvent,
  };
}
