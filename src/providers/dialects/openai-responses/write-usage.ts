import type { JsonObject } from "../../../spec/json.ts";
import { inputTokenClasses, type Usage } from "../../../spec/usage.ts";

/**
 * The usage as the vendor would report it; null when nothing is known. The dialect has one count for what was written to
 * the cache and splits it by two lifetimes, 30 minutes and 12 hours: the lifetimes of other vendors are in the shorter one.
 * Sound and pictures have no count of their own and stay in the totals.
 */
export function writeUsage({ source, tokens }: Usage): JsonObject | null {
  if (source === "unknown") return null;
  const { cacheRead = 0, cacheWrite5m = 0, cacheWrite30m = 0, cacheWrite1h = 0, cacheWriteLonger = 0 } = tokens;
  const { output = 0, reasoning = 0, audioOutput = 0 } = tokens;
  const shorter = cacheWrite5m + cacheWrite30m + cacheWrite1h;
  const inputTokens = inputTokenClasses.reduce((sum, name) => sum + (tokens[name] ?? 0), 0);
  const outputTokens = output + reasoning + audioOutput;
  const lifetimes = { ttl_30m_tokens: shorter, ttl_12h_tokens: cacheWriteLonger };
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: cacheRead,
      cache_write_tokens: shorter + cacheWriteLonger,
      ...(cacheWriteLonger > 0 ? { cache_write_tokens_details: lifetimes } : {}),
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: inputTokens + outputTokens,
  };
}
