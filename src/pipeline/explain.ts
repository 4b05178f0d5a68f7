import type { Journal, JournalEntry, StageName } from "../spec/decision.ts";
import type { CacheResult } from "../spec/ledger.ts";

/** The last entry of a stage; null when it has none (yet). */
export function lastEntryOf(entries: readonly JournalEntry[], stage: StageName): JournalEntry | null {
  for (let index = entries.length - 1; index >= 0; index--) {
    const entry = entries[index];
    if (entry !== undefined && entry.stage === stage) return entry;
  }
  return null;
}

/**
 * What the caches did for a request. `off` when no cache stood in its way, or none that was asked: one that switched itself
 * off, a refresh. `bypass` when the caller went around them.
 */
export function cacheResultOf(entries: readonly JournalEntry[], bypass: boolean): CacheResult {
  if (lastEntryOf(entries, "coalesce")?.reason === "follower") return "coalesced";
  // Embeddings pass the one stage, everything else the other.
  const entry = lastEntryOf(entries, "embedding-cache") ?? lastEntryOf(entries, "exact-cache");
  switch (entry?.reason) {
    case "hit":
    case "hit-normalised":
    case "hit-stale":
    case "hit-refusal":
      return "hit";
    case "miss":
    // Some elements were bought, so the request was.
    case "hit-partial":
      return "miss";
    case "not-cacheable":
      return "not-cacheable";
    default:
      return bypass ? "bypass" : "off";
  }
}

/**
 * The model behind the answer, also while a stream has only begun: of a reused answer the one it was bought from, else
 * the one asked last. Null when nothing answered yet.
 */
export function answeringModelOf(entries: readonly JournalEntry[]): string | null {
  const hit = lastEntryOf(entries, "embedding-cache") ?? lastEntryOf(entries, "exact-cache");
  if (hit?.decision === "serve") return hit.note ?? null;
  const follower = lastEntryOf(entries, "coalesce");
  if (follower?.reason === "follower") return follower.note ?? null;
  return lastEntryOf(entries, "call-provider")?.decision ?? null;
}

/** Longest text of a decision header. */
const decisionCharactersMax = 512;

/**
 * The journal in one line for the header `x-farthing-decision`: `exact-cache=miss, choose-target=rule (cheap)`. Visible
 * ASCII only, at most 512 characters. Duties that did nothing worth telling (settled, answered at once) are left out.
 */
export function decisionText(journal: Journal): string {
  const parts: string[] = [];
  for (const entry of journal.entries) {
    if (!isWorthTelling(entry)) continue;
    parts.push(`${entry.stage}=${entry.reason}${entry.note === undefined ? "" : ` (${entry.note})`}`);
  }
  const text = parts.length === 0 ? "call-provider=answered" : parts.join(", ");
  if (text.length <= decisionCharactersMax && !/[^\x20-\x7e]/.test(text)) return text;
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, decisionCharactersMax);
}

function isWorthTelling(entry: JournalEntry): boolean {
  switch (entry.reason) {
    case "settled":
    case "answered":
    case "first-try":
    case "usage-reported":
      return false;
    default:
      return true;
  }
}
