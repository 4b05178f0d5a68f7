import type { TokenClass, Usage } from "../../spec/usage.ts";

/** A prompt cache that works without being asked: prompts from `tokensMin` on are found again in steps of `step` tokens. */
interface AutomaticCache {
  readonly tokensMin: number;
  readonly step: number;
}

/** OpenAI, "Prompt caching": from 1,024 tokens on, in steps of 128. */
const openai: AutomaticCache = { tokensMin: 1_024, step: 128 };

/** By vendor; the others cache what is marked for it, say what they wrote, or publish no rule. */
const automaticCaches: ReadonlyMap<string, AutomaticCache> = new Map([
  ["openai", openai],
  // Microsoft, "Prompt caching with Azure OpenAI": the same figures.
  ["azure-openai", openai],
  // DeepSeek, "Context Caching": units of 64 tokens, nothing shorter.
  ["deepseek", { tokensMin: 64, step: 64 }],
  // Google, "Context caching", implicit: 1,024 tokens at the least; it names no step, so the whole prompt counts.
  ["google", { tokensMin: 1_024, step: 1 }],
]);

const writeClasses: readonly TokenClass[] = ["cacheWrite5m", "cacheWrite30m", "cacheWrite1h", "cacheWriteLonger"];

/**
 * What a call with `usage` would have counted had the caller sent it again: what the first wrote into the provider's cache
 * is read, and where the vendor caches by itself, so is the prompt. This caching is the provider's, so no saving is taken
 * from it. The cautious choice: where the provider's entry would have expired, or not been ready yet for a simultaneous
 * call, the true saving was larger than what this leads to, never smaller. The same object when nothing changes.
 */
export function repeatUsage(usage: Usage, vendor: string): Usage {
  const written = writeClasses.reduce((sum, name) => sum + (usage.tokens[name] ?? 0), 0);
  return written > 0 ? writesAsReads(usage, written) : automaticReads(usage, automaticCaches.get(vendor));
}

function writesAsReads(usage: Usage, written: number): Usage {
  const tokens: Partial<Record<TokenClass, number>> = { ...usage.tokens };
  for (const tokenClass of writeClasses) delete tokens[tokenClass];
  return { ...usage, tokens: { ...tokens, cacheRead: (tokens.cacheRead ?? 0) + written } };
}

function automaticReads(usage: Usage, cache: AutomaticCache | undefined): Usage {
  const { input = 0, cacheRead = 0 } = usage.tokens;
  const prompt = input + cacheRead;
  if (cache === undefined || prompt < cache.tokensMin) return usage;
  const read = Math.max(cacheRead, prompt - (prompt % cache.step));
  return read === cacheRead ? usage : { ...usage, tokens: { ...usage.tokens, input: prompt - read, cacheRead: read } };
}
