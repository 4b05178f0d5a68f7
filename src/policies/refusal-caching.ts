/** Statuses that say something about the request itself. Never 401, 403, 408, 409, 425, 429 or one of the server's. */
const statuses: ReadonlySet<number> = new Set([400, 404, 413, 422]);

/** Longer refusals are not read, so they are not stored either. */
export const refusalBytesMax = 16_384;

/**
 * Words of refusals that a later moment may answer otherwise, or that are about an account: money (Anthropic tells of a
 * low credit balance with a 400), quotas, rates, rights and keys; things that are being made, loaded or fetched; places;
 * and filters, whose word on a text is not a fact about the request. Whole words, lower case.
 */
const passingWords: ReadonlySet<string> = new Set(
  [
    "credit credits balance billing billed payment paid pay purchase plan plans upgrade subscription tier money spend spending",
    "quota quotas rate rates tpm rpm rpd tpd minute hour day daily monthly month concurrency concurrent throttled throttling",
    "permission permissions authorized unauthorized forbidden denied access entitled key keys token_expired account accounts",
    "organization organisation project workspace verified verification suspended disabled deactivated",
    "overloaded busy capacity unavailable available temporarily temporary timeout timed later again retry wait moment soon",
    "currently yet ready pending processing loading deploying deployed deployment expired expire stale",
    "download downloading fetch fetching fetched url urls unreachable connect connection dns network internal server",
    "region country location",
    "safety moderation policy policies flagged blocked filtered filter content_filter content_policy_violation jailbreak",
  ]
    .join(" ")
    .split(" "),
);

/** Phrases of words that are harmless by themselves. */
const passingPhrases: readonly string[] = ["per min", "too many requests", "insufficient", "not allowed"];

/**
 * Whether a provider's refusal is worth remembering for a moment: every repeat would meet it. By the provider's status and
 * the text of its answer, which must be a JSON object; when in doubt it is not.
 */
export function mayKeepRefusal(status: number, text: string): boolean {
  if (!statuses.has(status) || text.length > refusalBytesMax || !text.trimStart().startsWith("{")) return false;
  const lower = text.toLowerCase();
  if (passingPhrases.some((phrase) => lower.includes(phrase))) return false;
  // "rate_limit_exceeded" is three words and one.
  for (const [word] of lower.matchAll(/[a-z_]+/g)) {
    if (passingWords.has(word) || word.split("_").some((part) => passingWords.has(part))) return false;
  }
  return true;
}
