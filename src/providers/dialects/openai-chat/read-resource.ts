import type { ReplyFacts } from "../../../spec/dialect.ts";
import type { JsonObject } from "../../../spec/json.ts";
import { type Usage, unknownUsage } from "../../../spec/usage.ts";
import { objectOf, parseObjectBytes, textOf } from "../json-fields.ts";
import { countOf, isGiven } from "../read-count.ts";
import { providerUsage } from "../token-usage.ts";

/**
 * What the reply to a picture, a transcription or a compaction tells: OpenAI counts them as its responses API does
 * (openai-node 7.57 src/resources/images.ts and audio/transcriptions.ts, read 2026-11-21). Sound that is billed by its
 * length, and bytes that are no JSON, tell nothing.
 */
export function readResource(body: Uint8Array): ReplyFacts {
  const document = parseObjectBytes(body);
  return {
    usage: usageOf(objectOf(document?.["usage"])),
    servedModel: textOf(document?.["model"]),
    responseId: textOf(document?.["id"]),
    finishReason: null,
    hasToolCalls: false,
  };
}

function usageOf(counts: Readonly<JsonObject> | null): Usage {
  if (counts === null || !isGiven(counts["input_tokens"]) || !isGiven(counts["output_tokens"])) return unknownUsage;
  const details = objectOf(counts["input_tokens_details"]);
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
