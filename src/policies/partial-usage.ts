import type { CallFacts } from "../spec/attempt.ts";
import type { Usage } from "../spec/usage.ts";

/**
 * Whether the provider's count covers the whole call. Anthropic counts the prompt in a stream's first event and the
 * answer in its last but one; some servers count on in every chunk. So a count is final when the call came to its end,
 * or at least to its finish reason.
 */
export function isFinalCount(facts: CallFacts): boolean {
  return facts.usage.source === "provider" && (facts.outcome === "complete" || facts.finishReason !== null);
}

/** A count that broke off, brought up to what was seen: the provider's prompt, and the larger of both answers. */
export function joinPartialUsage(counted: Usage, estimated: Usage): Usage {
  if (counted.source !== "provider") return estimated;
  const output = Math.max(counted.tokens.output ?? 0, estimated.tokens.output ?? 0);
  return { ...counted, source: "estimated", tokens: { ...counted.tokens, output } };
}
