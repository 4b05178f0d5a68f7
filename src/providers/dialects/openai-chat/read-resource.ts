import type { ReplyFacts } from "../../../spec/dialect.ts";
import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { type Usage, unknownUsage } from "../../../spec/usage.ts";
import { arrayOf, objectOf, parseObjectBytes, textOf } from "../json-fields.ts";
import { countOf, isGiven } from "../read-count.ts";
import { providerUsage } from "../token-usage.ts";

/**
 * What the reply to a picture, a transcription or a compaction tells: OpenAI counts tokens as its responses API does, seconds
 * of sound where a model is sold by them, and pictures by handing them out (openai-node 7.57 src/resources/images.ts and
 * audio/transcriptions.ts, openai-ruby TranscriptionVerbose::Usage, read 2026-11-21). Bytes that are no JSON tell nothing.
 */
export function readResource(body: Uint8Array): ReplyFacts {
  const document = parseObjectBytes(body);
  return {
    usage: document === null ? unknownUsage : usageOf(document),
    servedModel: textOf(document?.["model"]),
    responseId: textOf(document?.["id"]),
    finishReason: null,
    hasToolCalls: false,
  };
}

function usageOf(document: Readonly<JsonObject>): Usage {
  const counts = objectOf(document["usage"]);
  if (counts?.["type"] === "duration") return secondsOf(counts["seconds"]);
  if (counts !== null) return tokensOf(counts);
  // `verbose_json` of older servers tells the length of the sound and no usage.
  if (document["task"] !== undefined) return secondsOf(document["duration"]);
  return picturesOf(arrayOf(document["data"]));
}

/** Sound that is billed by its length: seconds, which may be parts of one. */
function secondsOf(seconds: JsonValue | undefined): Usage {
  if (typeof seconds !== "number" || !(seconds >= 0 && seconds <= Number.MAX_SAFE_INTEGER)) return unknownUsage;
  // Adding 0 turns -0 into 0.
  return providerUsage({}, { units: { audioInputSecond: seconds + 0 } });
}

/** Pictures of models that are sold by the picture: one for each entry that holds it or its address. */
function picturesOf(entries: readonly JsonValue[]): Usage {
  const pictures = entries.filter((entry) => {
    const picture = objectOf(entry);
    return textOf(picture?.["b64_json"]) !== null || textOf(picture?.["url"]) !== null;
  });
  return pictures.length === 0 ? unknownUsage : providerUsage({}, { units: { image: pictures.length } });
}

function tokensOf(counts: Readonly<JsonObject>): Usage {
  if (!isGiven(counts["input_tokens"]) || !isGiven(counts["output_tokens"])) return unknownUsage;
  // Pictures and the responses API write the first name, transcriptions the second.
  const details = objectOf(counts["input_tokens_details"]) ?? objectOf(counts["input_token_details"]);
  const image = details?.["image_tokens"];
  const audio = details?.["audio_tokens"];
  const cached = details?.["cached_tokens"];
  const tokens = {
    input: countOf(counts["input_tokens"]) - countOf(image) - countOf(audio) - countOf(cached),
    output: countOf(counts["output_tokens"]),
    ...(isGiven(image) ? { imageInput: countOf(image) } : {}),
    ...(isGiven(audio) ? { audioInput: countOf(audio) } : {}),
    ...(isGiven(cached) ? { cacheRead: countOf(cached) } : {}),
  };
  return providerUsage(tokens, {});
}
