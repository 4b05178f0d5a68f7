import type { JsonObject } from "../../../spec/json.ts";
import { unknownUsage, type TokenClass, type Usage } from "../../../spec/usage.ts";
import { arrayOf, objectOf, textOf } from "../json-fields.ts";
import { countOf, isGiven } from "../read-count.ts";
import { providerUsage } from "../token-usage.ts";
import { runsInContainer } from "./item-facts.ts";

/**
 * Tools that the vendor runs and bills apart, by the type of their output item, with the vendor's names for them.
 * Source: platform.openai.com/docs/pricing (built-in tools); openai-node 7.57 resources/responses, read 2026-11-21.
 */
const billedTools: ReadonlyMap<string, string> = new Map([
  ["web_search_call", "web_search"],
  ["file_search_call", "file_search"],
  ["code_interpreter_call", "code_interpreter"],
  ["image_generation_call", "image_generation"],
  ["shell_call", "shell"],
]);

/**
 * Reads the `usage` of a response, with what the response says beside it (openai-node 7.57, ResponseUsage).
 * `input_tokens` includes what was read from and written to the cache, `output_tokens` includes reasoning. The vendor
 * rows' quirks are about openai-chat's fields and mean nothing here.
 */
export function readUsage(response: Readonly<JsonObject>): Usage {
  const counts = objectOf(response["usage"]);
  if (counts === null || !isGiven(counts["input_tokens"]) || !isGiven(counts["output_tokens"])) return unknownUsage;
  const tokens = { ...inputClasses(counts), ...outputClasses(counts) };
  return providerUsage(tokens, {
    serverToolCalls: serverToolCallsOf(response),
    serviceTier: textOf(response["service_tier"]),
  });
}

function inputClasses(counts: Readonly<JsonObject>): Partial<Record<TokenClass, number>> {
  const details = objectOf(counts["input_tokens_details"]);
  const cached = details?.["cached_tokens"];
  const written = details?.["cache_write_tokens"];
  const longer = countOf(objectOf(details?.["cache_write_tokens_details"])?.["ttl_12h_tokens"]);
  return {
    input: countOf(counts["input_tokens"]) - countOf(cached) - countOf(written),
    ...(isGiven(cached) ? { cacheRead: countOf(cached) } : {}),
    // Whatever is not said to be kept for 12 hours was written with the default lifetime, 30 minutes.
    ...(isGiven(written) ? { cacheWrite30m: countOf(written) - longer } : {}),
    ...(longer === 0 ? {} : { cacheWriteLonger: longer }),
  };
}

function outputClasses(counts: Readonly<JsonObject>): Partial<Record<TokenClass, number>> {
  const reasoning = objectOf(counts["output_tokens_details"])?.["reasoning_tokens"];
  return {
    output: countOf(counts["output_tokens"]) - countOf(reasoning),
    ...(isGiven(reasoning) ? { reasoning: countOf(reasoning) } : {}),
  };
}

/**
 * Calls of billed tools, counted from the output; null when there were none. For web searches the vendor's own count of
 * billable ones stands where it gives one: opening a page is an item too, and free.
 */
function serverToolCallsOf(response: Readonly<JsonObject>): Record<string, number> | null {
  const counted: Record<string, number> = {};
  for (const entry of arrayOf(response["output"])) {
    const item = objectOf(entry);
    const name = billedTools.get(textOf(item?.["type"]) ?? "");
    if (name === undefined || !isBilled(name, item)) continue;
    counted[name] = (counted[name] ?? 0) + 1;
  }
  const searches = objectOf(objectOf(response["tool_usage"])?.["web_search"])?.["num_requests"];
  if (isGiven(searches) && !Number.isNaN(countOf(searches))) counted["web_search"] = countOf(searches);
  const billed = Object.entries(counted).filter(([, count]) => count > 0);
  return billed.length > 0 ? Object.fromEntries(billed) : null;
}

function isBilled(name: string, item: Readonly<JsonObject> | null): boolean {
  if (name === "shell") return runsInContainer(item);
  const action = textOf(objectOf(item?.["action"])?.["type"]);
  return name !== "web_search" || action === null || action === "search";
}
