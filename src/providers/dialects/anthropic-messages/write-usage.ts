import type { JsonObject } from "../../../spec/json.ts";
import type { TokenClass, Usage } from "../../../spec/usage.ts";

/**
 * A usage as the `usage` of a message, of a `message_start` or of a `message_delta`. The sums hold: input is the sum of
 * the three input fields, and output includes thinking. Classes that the dialect has no word for join their nearest
 * kin: sound and pictures the uncached input or the output, cache lifetimes the next one that it has. An unknown usage
 * has zeros, because clients check for numbers here and would lose the answer; the ledger knows better.
 */
export function writeUsage(usage: Usage): JsonObject {
  const { tokens, serverToolCalls, serviceTier } = usage;
  const sumOf = (...classes: readonly TokenClass[]): number =>
    classes.reduce((sum, name) => sum + (tokens[name] ?? 0), 0);
  const given = (...classes: readonly TokenClass[]): boolean => classes.some((name) => tokens[name] !== undefined);
  const fiveMinutes = sumOf("cacheWrite5m", "cacheWrite30m");
  const oneHour = sumOf("cacheWrite1h", "cacheWriteLonger");
  const wrote = given("cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "cacheWriteLonger");
  return {
    input_tokens: sumOf("input", "audioInput", "imageInput"),
    cache_creation_input_tokens: wrote ? fiveMinutes + oneHour : null,
    cache_read_input_tokens: tokens.cacheRead ?? null,
    cache_creation: wrote ? { ephemeral_5m_input_tokens: fiveMinutes, ephemeral_1h_input_tokens: oneHour } : null,
    output_tokens: sumOf("output", "reasoning", "audioOutput"),
    output_tokens_details: tokens.reasoning === undefined ? null : { thinking_tokens: tokens.reasoning },
    server_tool_use: serverToolCalls === undefined ? null : { ...noServerTools, ...serverToolCalls },
    service_tier: serviceTier === undefined ? null : (tiers[serviceTier] ?? null),
    ...(serviceTier === "fast" ? { speed: "fast" } : {}),
  };
}

/** Both counts are required where there is one. */
const noServerTools = { web_search_requests: 0, web_fetch_requests: 0 };

/** Tiers in the dialect's words. */
const tiers: Readonly<Record<string, string>> = {
  standard: "standard",
  default: "standard",
  fast: "standard",
  priority: "priority",
  batch: "batch",
};
