import type { JsonObject } from "../../../spec/json.ts";
import type { TokenClass, Usage } from "../../../spec/usage.ts";

/** Classes that are sent to the model and have no field of their own: they stand in the prompt's count alone. */
const promptOnly: readonly TokenClass[] = [
  "input",
  "cacheWrite5m",
  "cacheWrite30m",
  "cacheWrite1h",
  "cacheWriteLonger",
];

/**
 * A `usageMetadata` whose sums are Google's: what was read from the cache stands inside the prompt, thinking beside the
 * candidates, and the total is all of it. Null for a usage that nobody knows.
 */
export function writeUsage({ source, tokens, serviceTier }: Usage): JsonObject | null {
  if (source === "unknown") return null;
  const countOf = (name: TokenClass): number => tokens[name] ?? 0;
  const cached = countOf("cacheRead");
  const text = cached + promptOnly.reduce((sum, name) => sum + countOf(name), 0);
  const prompt = text + countOf("audioInput") + countOf("imageInput");
  const candidates = countOf("output") + countOf("audioOutput");
  const tier = serviceTier === "default" ? "standard" : serviceTier;
  return {
    promptTokenCount: prompt,
    ...(tokens.cacheRead === undefined ? {} : { cachedContentTokenCount: cached }),
    candidatesTokenCount: candidates,
    ...(tokens.reasoning === undefined ? {} : { thoughtsTokenCount: tokens.reasoning }),
    totalTokenCount: prompt + candidates + countOf("reasoning"),
    ...detailsOf("promptTokensDetails", text, { AUDIO: tokens.audioInput, IMAGE: tokens.imageInput }),
    // All that was cached is told as text, so that the other counts are of fresh tokens.
    ...(tokens.cacheRead === undefined ? {} : { cacheTokensDetails: [entryOf("TEXT", cached)] }),
    ...detailsOf("candidatesTokensDetails", countOf("output"), { AUDIO: tokens.audioOutput }),
    ...(tier === undefined ? {} : { serviceTier: tier }),
  };
}

/** A split by modality; none where all of it is text. */
function detailsOf(field: string, text: number, others: Readonly<Record<string, number | undefined>>): JsonObject {
  const entries: JsonObject[] = [];
  for (const [modality, count] of Object.entries(others)) {
    if (count !== undefined) entries.push(entryOf(modality, count));
  }
  return entries.length === 0 ? {} : { [field]: [entryOf("TEXT", text), ...entries] };
}

function entryOf(modality: string, tokenCount: number): JsonObject {
  return { modality, tokenCount };
}
