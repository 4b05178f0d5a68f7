import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { unknownUsage, type TokenClass, type Usage } from "../../../spec/usage.ts";
import { arrayOf, objectOf, textOf } from "../json-fields.ts";
import { countOf, isGiven } from "../read-count.ts";
import { providerUsage } from "../token-usage.ts";

/**
 * Reads the `usage` of a message (docs.claude.com/en/api/messages). The input fields exclude each other; cache writes
 * are split by lifetime in `cache_creation`, and what that split leaves over is the default lifetime of 5 minutes;
 * `output_tokens` includes thinking. Tokens of `compaction` iterations are billed beside the top-level counts and are
 * added. Iterations of an `advisor` ran on another model and are left out: they cannot be priced at this one's rates.
 */
export function readUsage(usage: JsonValue | undefined): Usage {
  const counts = objectOf(usage);
  if (counts === null || !isGiven(counts["input_tokens"]) || !isGiven(counts["output_tokens"])) return unknownUsage;
  const tokens = classesOf(counts);
  for (const entry of arrayOf(counts["iterations"])) {
    const iteration = objectOf(entry);
    if (iteration?.["type"] === "compaction") addClasses(tokens, classesOf(iteration));
  }
  const fast = counts["speed"] === "fast";
  return providerUsage(tokens, {
    serverToolCalls: serverToolCallsOf(counts["server_tool_use"]),
    serviceTier: fast ? "fast" : textOf(counts["service_tier"]),
    region: regionOf(counts["inference_geo"]),
  });
}

/**
 * Where the model ran: `us` costs more than `global` (platform.claude.com/docs/en/build-with-claude/data-residency, pricing
 * page, read 2026-11-21). Models from before that choice, and other clouds, say `not_available`: no region.
 */
function regionOf(value: JsonValue | undefined): string | null {
  const region = textOf(value);
  return region === "not_available" ? null : region;
}

type Classes = Partial<Record<TokenClass, number>>;

function classesOf(counts: Readonly<JsonObject>): Classes {
  const thinking = objectOf(counts["output_tokens_details"])?.["thinking_tokens"];
  return {
    input: countOf(counts["input_tokens"]),
    ...(isGiven(counts["cache_read_input_tokens"]) ? { cacheRead: countOf(counts["cache_read_input_tokens"]) } : {}),
    ...cacheWriteClasses(counts),
    output: countOf(counts["output_tokens"]) - countOf(thinking),
    ...(isGiven(thinking) ? { reasoning: countOf(thinking) } : {}),
  };
}

function cacheWriteClasses(counts: Readonly<JsonObject>): Classes {
  const split = objectOf(counts["cache_creation"]);
  const total = counts["cache_creation_input_tokens"];
  if (split === null) return isGiven(total) ? { cacheWrite5m: countOf(total) } : {};
  const fiveMinutes = countOf(split["ephemeral_5m_input_tokens"]);
  const oneHour = countOf(split["ephemeral_1h_input_tokens"]);
  // Negative when the parts exceed the whole; that makes the usage unknown.
  const unsplit = isGiven(total) ? countOf(total) - fiveMinutes - oneHour : 0;
  return { cacheWrite5m: unsplit < 0 ? unsplit : fiveMinutes + unsplit, cacheWrite1h: oneHour };
}

function addClasses(tokens: Classes, more: Readonly<Classes>): void {
  for (const [name, count] of Object.entries(more) as [TokenClass, number][])
    tokens[name] = (tokens[name] ?? 0) + count;
}

/** Counts of the tools that the vendor runs and bills by the call, such as `web_search_requests`; nonsense is left out. */
function serverToolCallsOf(value: JsonValue | undefined): Record<string, number> | null {
  const calls = objectOf(value);
  if (calls === null) return null;
  const counted: Record<string, number> = {};
  for (const [name, count] of Object.entries(calls)) {
    if (isGiven(count) && !Number.isNaN(countOf(count))) counted[name] = countOf(count);
  }
  return Object.keys(counted).length > 0 ? counted : null;
}

/**
 * The usage block after a `message_delta`: its counts are cumulative, so those it gives replace earlier ones and those
 * it leaves out or sends as null stand.
 */
export function mergeUsage(earlier: JsonValue | undefined, delta: JsonValue | undefined): JsonValue | undefined {
  const update = objectOf(delta);
  if (update === null) return earlier;
  const merged: JsonObject = { ...objectOf(earlier) };
  for (const [name, value] of Object.entries(update)) {
    if (isGiven(value)) merged[name] = value;
  }
  return merged;
}
