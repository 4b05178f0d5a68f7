import type { JsonObject, JsonValue } from "../../../spec/json.ts";
import { unknownUsage, type TokenClass, type Usage } from "../../../spec/usage.ts";
import { objectOf, textOf } from "../json-fields.ts";
import { countOf, isGiven } from "../read-count.ts";
import { providerUsage } from "../token-usage.ts";
import { memberOf, objectsOf } from "./field-names.ts";

type Classes = Partial<Record<TokenClass, number>>;

/**
 * Reads a `usageMetadata` (ai.google.dev/api/generate-content#UsageMetadata; js-genai 3.1.0, 2026-11-10; recorded replies
 * in vercel/ai, packages/google/src/__fixtures__). `promptTokenCount` includes what was read from the cache; results of
 * tools that Google runs (`toolUsePromptTokenCount`) and thinking stand beside the other counts, not inside them. A count
 * of zero is left out of the JSON. The modalities split the prompt; of the output only sound has a class of its own.
 */
export function readUsage(value: JsonValue | undefined): Usage {
  const usage = objectOf(value);
  if (!hasCounts(usage)) return unknownUsage;
  const tokens = { ...inputClasses(usage), ...outputClasses(usage) };
  return providerUsage(tokens, { serviceTier: tierOf(usage) });
}

/** False for the metadata of early chunks that tell a traffic type and count nothing. */
export function hasCounts(usage: Readonly<JsonObject> | null): usage is Readonly<JsonObject> {
  return isGiven(memberOf(usage, "promptTokenCount"));
}

function inputClasses(usage: Readonly<JsonObject>): Classes {
  const cached = memberOf(usage, "cachedContentTokenCount");
  const fresh = countOf(memberOf(usage, "promptTokenCount")) - countOf(cached);
  const byTools = countOf(memberOf(usage, "toolUsePromptTokenCount"));
  const audio = freshOf(usage, "AUDIO", fresh, isGiven(cached));
  const image = freshOf(usage, "IMAGE", fresh - (audio ?? 0), isGiven(cached));
  const audioByTools = countIn(usage, "toolUsePromptTokensDetails", "AUDIO") ?? 0;
  const imageByTools = countIn(usage, "toolUsePromptTokensDetails", "IMAGE") ?? 0;
  const audioInput = (audio ?? 0) + audioByTools;
  const imageInput = (image ?? 0) + imageByTools;
  return {
    input: fresh + byTools - audioInput - imageInput,
    ...(isGiven(cached) ? { cacheRead: countOf(cached) } : {}),
    ...(audio !== null || audioByTools > 0 ? { audioInput } : {}),
    ...(image !== null || imageByTools > 0 ? { imageInput } : {}),
  };
}

/**
 * Tokens of a modality outside the cache, null when there are none of it. Where the reply does not split its cached
 * tokens, as many as can be are taken to be fresh, which is the dearer reading.
 */
function freshOf(usage: Readonly<JsonObject>, modality: string, room: number, hasCached: boolean): number | null {
  const all = countIn(usage, "promptTokensDetails", modality);
  if (all === null) return null;
  if (!hasCached) return all;
  if (objectsOf(memberOf(usage, "cacheTokensDetails")).length === 0) return Math.min(all, room);
  return all - (countIn(usage, "cacheTokensDetails", modality) ?? 0);
}

function countIn(usage: Readonly<JsonObject>, field: string, modality: string): number | null {
  let sum: number | null = null;
  for (const entry of objectsOf(memberOf(usage, field))) {
    if (entry["modality"] === modality) sum = (sum ?? 0) + countOf(memberOf(entry, "tokenCount"));
  }
  return sum;
}

function outputClasses(usage: Readonly<JsonObject>): Classes {
  const thoughts = memberOf(usage, "thoughtsTokenCount");
  const audio = countIn(usage, "candidatesTokensDetails", "AUDIO");
  return {
    output: countOf(memberOf(usage, "candidatesTokenCount")) - (audio ?? 0),
    ...(isGiven(thoughts) ? { reasoning: countOf(thoughts) } : {}),
    ...(audio === null ? {} : { audioOutput: audio }),
  };
}

/** The Gemini API tells a tier, its enterprise sibling a kind of traffic. */
const trafficTiers: ReadonlyMap<string, string> = new Map([
  ["ON_DEMAND", "standard"],
  ["ON_DEMAND_FLEX", "flex"],
  ["ON_DEMAND_PRIORITY", "priority"],
]);

function tierOf(usage: Readonly<JsonObject>): string | null {
  const tier = textOf(memberOf(usage, "serviceTier"));
  if (tier !== null) {
    const word = tier.toLowerCase().replace(/^service_tier_/, "");
    return word === "unspecified" ? null : word;
  }
  return trafficTiers.get(textOf(memberOf(usage, "trafficType")) ?? "") ?? null;
}
