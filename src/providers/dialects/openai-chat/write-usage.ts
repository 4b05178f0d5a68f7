import type { JsonObject } from "../../../spec/json.ts";
import { inputTokenClasses, type TokenClass, type Usage } from "../../../spec/usage.ts";

const outputTokenClasses: readonly TokenClass[] = ["output", "reasoning", "audioOutput"];
/** This dialect has one count for what was written to the cache, whatever its lifetime. */
const cacheWriteClasses: readonly TokenClass[] = ["cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "cacheWriteLonger"];
/** Tiers that OpenAI tells (openai-node 7.57.0, read 2026-11-21), and Anthropic's word for the usual one. */
const tiers: ReadonlyMap<string, string> = new Map([
  ...["auto", "default", "flex", "scale", "priority", "fast"].map((tier) => [tier, tier] as const),
  ["standard", "default"],
]);

/** Counts as OpenAI gives them: details are parts of the whole. Null when nothing is known. */
export function writeUsage({ source, tokens }: Usage): JsonObject | null {
  if (source === "unknown") return null;
  const sum = (classes: readonly TokenClass[]): number =>
    classes.reduce((total, name) => total + (tokens[name] ?? 0), 0);
  const given = (name: string, classes: readonly TokenClass[]): JsonObject =>
    classes.some((one) => tokens[one] !== undefined) ? { [name]: sum(classes) } : {};
  const prompt = sum(inputTokenClasses);
  const completion = sum(outputTokenClasses);
  const input = {
    ...given("cached_tokens", ["cacheRead"]),
    ...given("cache_write_tokens", cacheWriteClasses),
    ...given("audio_tokens", ["audioInput"]),
  };
  const output = { ...given("reasoning_tokens", ["reasoning"]), ...given("audio_tokens", ["audioOutput"]) };
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(Object.keys(input).length === 0 ? {} : { prompt_tokens_details: input }),
    ...(Object.keys(output).length === 0 ? {} : { completion_tokens_details: output }),
  };
}

/** The tier that served, as the member of the reply that tells it; none where OpenAI has no word for it. */
export function writeTier({ serviceTier }: Usage): { service_tier?: string } {
  const tier = serviceTier === undefined ? undefined : tiers.get(serviceTier);
  return tier === undefined ? {} : { service_tier: tier };
}
