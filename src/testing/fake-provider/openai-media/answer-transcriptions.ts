import type { Behaviour } from "../behaviour.ts";
import { noTokens } from "../invoice.ts";
import { transcriptionModels } from "../invoice-prices-endpoints.ts";
import type { MultipartForm } from "../multipart.ts";
import { errorEvent, missingParameter, openaiError } from "../openai/errors.ts";
import { findModel, notServed } from "../openai/find-model.ts";
import { plainReply } from "../plain-reply.ts";
import type { CallSetting, Piece, PreparedReply, Refusal } from "../prepared-reply.ts";
import { spoilUsage } from "../spoil-usage.ts";
import { countTokens, openaiLettersPerToken, splitTokens } from "../token-scan.ts";
import { faceOf } from "../vendor-face.ts";

/** A second of sound: our own flat rate for its bytes, and OpenAI's for its tokens (one for 100 ms, "Managing costs"). */
const bytesPerSecond = 16_000;
const tokensPerSecond = 10;

/** What this provider hears, a sentence for every five seconds. */
const heard = "The caller asks when the parcel will arrive and gives the number of the order. ";

interface Heard {
  readonly text: string;
  readonly seconds: number;
  /** Null where the model is sold by the second. */
  readonly tokens: { readonly audio: number; readonly prompt: number; readonly output: number } | null;
}

function usageOf({ seconds, tokens }: Heard): object {
  if (tokens === null) return { type: "duration", seconds };
  return {
    type: "tokens",
    input_tokens: tokens.audio + tokens.prompt,
    input_token_details: { text_tokens: tokens.prompt, audio_tokens: tokens.audio },
    output_tokens: tokens.output,
    total_tokens: tokens.audio + tokens.prompt + tokens.output,
  };
}

function usageJson(result: Heard, behaviour: Behaviour): string {
  const json = JSON.stringify(usageOf(result));
  return behaviour.badUsage === undefined ? json : spoilUsage(json, behaviour.badUsage);
}

/** A time of day as subtitles write it. */
function clock(seconds: number, mark: string): string {
  const whole = new Date(seconds * 1_000).toISOString().slice(11, 19);
  return `${whole}${mark}000`;
}

/** The answer in a `response_format`, and its type; null where the format is not known. */
function renderWhole(result: Heard, format: string, behaviour: Behaviour): readonly [string, string] | null {
  const usage = behaviour.noUsage === true ? "" : `,"usage":${usageJson(result, behaviour)}`;
  const text = JSON.stringify(result.text);
  switch (format) {
    case "json":
      return [`{"text":${text}${usage}}`, "application/json"];
    case "verbose_json":
      return [
        `{"task":"transcribe","language":"english","duration":${result.seconds},"text":${text},"segments":[]${usage}}`,
        "application/json",
      ];
    case "text":
      return [`${result.text}\n`, "text/plain; charset=utf-8"];
    case "srt":
      return [`1\n${clock(0, ",")} --> ${clock(result.seconds, ",")}\n${result.text}\n\n`, "text/plain; charset=utf-8"];
    case "vtt":
      return [
        `WEBVTT\n\n${clock(0, ".")} --> ${clock(result.seconds, ".")}\n${result.text}\n\n`,
        "text/plain; charset=utf-8",
      ];
    default:
      return null;
  }
}

/** `stream=true`: the text token by token, and at last all of it with the usage. */
function renderStream(result: Heard, behaviour: Behaviour): readonly Piece[] {
  const pieces: Piece[] = splitTokens(result.text, openaiLettersPerToken).map((delta, at) => ({
    text: `data: ${JSON.stringify({ type: "transcript.text.delta", delta })}\n\n`,
    generated: at + 1,
    isContent: true,
    isUsage: false,
  }));
  const usage = behaviour.noUsage === true ? "" : `,"usage":${usageJson(result, behaviour)}`;
  const text = `data: {"type":"transcript.text.done","text":${JSON.stringify(result.text)}${usage}}\n\n`;
  pieces.push({ text, generated: pieces.length, isContent: false, isUsage: behaviour.noUsage !== true });
  return pieces;
}

function listenTo(form: MultipartForm, bytes: Buffer, isToken: boolean): Heard {
  const seconds = Math.max(1, Math.ceil(bytes.length / bytesPerSecond));
  const text = heard.repeat(Math.ceil(seconds / 5)).trim();
  if (!isToken) return { text, seconds, tokens: null };
  const prompt = countTokens(form.fields.get("prompt") ?? "", openaiLettersPerToken);
  const tokens = { audio: seconds * tokensPerSecond, prompt, output: countTokens(text, openaiLettersPerToken) };
  return { text, seconds, tokens };
}

/** Answers `POST /v1/audio/transcriptions`. `whisper-1` is sold by the second and does not stream. */
export function answerTranscriptions(
  form: MultipartForm,
  setting: CallSetting,
  behaviour: Behaviour,
): PreparedReply | Refusal {
  const asked = form.fields.get("model");
  if (asked === undefined) return missingParameter("model");
  const model = findModel(asked, setting, transcriptionModels);
  if (model === null) return notServed(asked, setting);
  const file = form.files.get("file");
  if (file === undefined) return missingParameter("file");
  const isToken = asked !== "whisper-1";
  const result = listenTo(form, file.bytes, isToken);
  const format = form.fields.get("response_format") ?? "json";
  const whole = renderWhole(result, format, behaviour);
  if (whole === null || (isToken && format !== "json" && format !== "text")) {
    const message = `response_format '${format}' is not compatible with model '${asked}'. Use 'json' or 'text' instead.`;
    return openaiError(400, message, "invalid_request_error", "response_format", "unsupported_value");
  }
  const { audio = 0, prompt = 0, output = 0 } = result.tokens ?? {};
  const streams = form.fields.get("stream") === "true" && isToken;
  const [text, type] = whole;
  const isUsage = behaviour.noUsage !== true && text.startsWith("{");
  return {
    ...plainReply(faceOf("openai", setting), setting, 200, text, streams ? "text/event-stream; charset=utf-8" : type),
    servedModel: model.snapshot,
    price: model.price,
    prompt: isToken ? { ...noTokens, input: prompt, inputAudio: audio } : { ...noTokens, input: result.seconds },
    outputTokens: output,
    stream: streams,
    pieces: streams ? renderStream(result, behaviour) : [{ text, generated: output, isContent: true, isUsage }],
    errorEvent,
  };
}
