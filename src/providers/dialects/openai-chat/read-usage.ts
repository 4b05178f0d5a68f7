import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { unknownUsage, type TokenClass, type Usage } from "../../../spec/usage.ts";
import { objectOf, textOf } from "../json-fields.ts";
import { countOf, isGiven } from "../read-count.ts";
import { providerUsage } from "../token-usage.ts";

/**
 * Reads the `usage` of a chat completion or of a stream's usage chunk (platform.openai.com/docs/api-reference/chat).
 * `prompt_tokens` includes what was read from and written to the cache and what was sound; `completion_tokens`
 * includes reasoning and sound. Some servers that speak this dialect keep reasoning outside: their `total_tokens`
 * tells. Tokens of pictures stay in `input`, which is how the dialect's vendors price them.
 * @param tier the `service_tier` beside the usage
 */
export function readUsage(usage: JsonValue | undefined, tier: JsonValue | undefined): Usage {
  const counts = objectOf(usage);
  if (counts === null || !isGiven(counts["prompt_tokens"]) || !isGiven(counts["completion_tokens"]))
    return unknownUsage;
  const tokens = { ...inputClasses(counts), ...outputClasses(counts) };
  return providerUsage(tokens, { serviceTier: textOf(tier) });
}

function inputClasses(counts: Readonly<JsonObject>): Partial<Record<TokenClass, number>> {
  const details = objectOf(counts["prompt_tokens_details"]);
  // DeepSeek's name for the same count.
  const cached = details?.["cached_tokens"] ?? counts["prompt_cache_hit_tokens"];
  const written = details?.["cache_write_tokens"];
  const audio = details?.["audio_tokens"];
  const input = countOf(counts["prompt_tokens"]) - countOf(cached) - countOf(written) - countOf(audio);
  return {
    input,
    ...(isGiven(cached) ? { cacheRead: countOf(cached) } : {}),
    // The only lifetime this dialect's vendors write with is "30m".
    ...(isGiven(written) ? { cacheWrite30m: countOf(written) } : {}),
    ...(isGiven(audio) ? { audioInput: countOf(audio) } : {}),
  };
}

function outputClasses(counts: Readonly<JsonObject>): Partial<Record<TokenClass, number>> {
  const details = objectOf(counts["completion_tokens_details"]);
  const completion = countOf(counts["completion_tokens"]);
  const reported = countOf(details?.["reasoning_tokens"]);
  const audio = details?.["audio_tokens"];
  const outside = reasoningOutside(counts, completion, reported);
  const reasoning = outside ?? reported;
  return {
    output: completion - (outside === null ? reported : 0) - countOf(audio),
    ...(reasoning > 0 || isGiven(details?.["reasoning_tokens"]) ? { reasoning } : {}),
    ...(isGiven(audio) ? { audioOutput: countOf(audio) } : {}),
  };
}

/**
 * Reasoning that `completion_tokens` leaves out, or null when it is inside as the dialect says. xAI reports it and adds
 * it to the total; Google's compatible endpoint only adds it to the total.
 */
function reasoningOutside(counts: Readonly<JsonObject>, completion: number, reported: number): number | null {
  const gap = countOf(counts["total_tokens"]) - countOf(counts["prompt_tokens"]) - completion;
  if (!(gap > 0)) return null;
  return reported === 0 || gap === reported ? gap : null;
}
