import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { unknownUsage, type TokenClass, type Usage } from "../../../spec/usage.ts";
import { noQuirks, type Quirks } from "../../../spec/quirks.ts";
import { objectOf, textOf } from "../json-fields.ts";
import { countOf, isGiven } from "../read-count.ts";
import { providerUsage } from "../token-usage.ts";

/** Where a server counts otherwise than OpenAI does. */
type UsageQuirks = Pick<Quirks, "cachedTokensOutside" | "reasoningTokensOutside">;

/**
 * Reads the `usage` of a chat completion or of a stream's usage chunk (platform.openai.com/docs/api-reference/chat).
 * `prompt_tokens` includes what was read from and written to the cache and what was sound; `completion_tokens`
 * includes reasoning and sound. Servers that count otherwise are known by their quirks, and where they are not, their
 * `total_tokens` may tell. Tokens of pictures stay in `input`, which is how the dialect's vendors price them.
 * @param tier the `service_tier` beside the usage
 */
export function readUsage(
  usage: JsonValue | undefined,
  tier: JsonValue | undefined,
  quirks: UsageQuirks = noQuirks,
): Usage {
  const counts = objectOf(usage);
  if (counts === null || !isGiven(counts["prompt_tokens"]) || !isGiven(counts["completion_tokens"]))
    return unknownUsage;
  const heard = { ...quirks, cachedTokensOutside: isCachedOutside(counts, quirks) };
  const tokens = { ...inputClasses(counts, heard), ...outputClasses(counts, heard) };
  return providerUsage(tokens, { serviceTier: textOf(tier) });
}

/** What was read from the cache; the second name is DeepSeek's, the third one Moonshot's and Together's. */
function cachedOf(counts: Readonly<JsonObject>): JsonValue | undefined {
  const wrapped = objectOf(counts["prompt_tokens_details"])?.["cached_tokens"];
  return wrapped ?? counts["prompt_cache_hit_tokens"] ?? counts["cached_tokens"];
}

/**
 * Whether `prompt_tokens` leaves out what was read from the cache: by the server's quirk, or because the total holds just
 * so many tokens beyond prompt and completion (Menci/Floway#350, Portkey-AI/gateway#1754). Thinking that is reported with
 * that same count is the dearer reading, and stands.
 */
function isCachedOutside(counts: Readonly<JsonObject>, quirks: UsageQuirks): boolean {
  if (quirks.cachedTokensOutside) return true;
  const cached = countOf(cachedOf(counts));
  const beyond =
    countOf(counts["total_tokens"]) - countOf(counts["prompt_tokens"]) - countOf(counts["completion_tokens"]);
  const reasoning = countOf(objectOf(counts["completion_tokens_details"])?.["reasoning_tokens"]);
  return beyond === cached + reasoning || (beyond === cached && beyond !== reasoning);
}

function inputClasses(counts: Readonly<JsonObject>, quirks: UsageQuirks): Partial<Record<TokenClass, number>> {
  const details = objectOf(counts["prompt_tokens_details"]);
  const cached = cachedOf(counts);
  const written = details?.["cache_write_tokens"];
  const audio = details?.["audio_tokens"];
  const cachedInside = quirks.cachedTokensOutside ? 0 : countOf(cached);
  const input = countOf(counts["prompt_tokens"]) - cachedInside - countOf(written) - countOf(audio);
  return {
    input,
    ...(isGiven(cached) ? { cacheRead: countOf(cached) } : {}),
    // The only lifetime this dialect's vendors write with is "30m".
    ...(isGiven(written) ? { cacheWrite30m: countOf(written) } : {}),
    ...(isGiven(audio) ? { audioInput: countOf(audio) } : {}),
  };
}

function outputClasses(counts: Readonly<JsonObject>, quirks: UsageQuirks): Partial<Record<TokenClass, number>> {
  const details = objectOf(counts["completion_tokens_details"]);
  const completion = countOf(counts["completion_tokens"]);
  const reported = countOf(details?.["reasoning_tokens"]);
  const audio = details?.["audio_tokens"];
  const outside = reasoningOutside(counts, completion, reported, quirks);
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
function reasoningOutside(
  counts: Readonly<JsonObject>,
  completion: number,
  reported: number,
  quirks: UsageQuirks,
): number | null {
  if (quirks.reasoningTokensOutside && reported > 0) return reported;
  const cachedOutside = quirks.cachedTokensOutside ? countOf(cachedOf(counts)) : 0;
  const gap = countOf(counts["total_tokens"]) - countOf(counts["prompt_tokens"]) - cachedOutside - completion;
  if (!(gap > 0)) return null;
  return reported === 0 || gap === reported ? gap : null;
}
