import { withInstallationAnswers } from "../../assembly/answers/installation-answers.ts";
import type { AnswerStore } from "../../spec/answer-store.ts";
import type { Scope } from "../../spec/caller.ts";
import type { CacheSettings, FarthingConfig } from "../../spec/config.ts";
import { formatBytes, formatCount } from "../format-figures.ts";
import { doubtful, type Finding, good } from "./finding.ts";

/** Questions to the store, of which the middle one counts. */
const tries = 5;

/** Whether the store of answers can be reached in the time a request waits for it; nothing where no route caches. */
export async function checkCache(config: FarthingConfig): Promise<Finding[]> {
  const { cache } = config;
  const caches = config.routes.some((route) => route.exactCache.enabled && !route.compliance);
  if (!caches || cache === undefined) return [];
  if (cache.store === "memory") return [good("cache", "answers are kept in the gateway's memory")];
  try {
    return [await withInstallationAnswers(config, async ({ store }) => lookInto(store, cache))];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const fix =
      "Requests are served without the cache until it answers. Check cache.url and the server, or the data directory.";
    return [doubtful("cache", `the store ${cache.store} cannot be used: ${reason}`, fix)];
  }
}

async function lookInto(store: AnswerStore, { store: name, waitMsMax }: CacheSettings): Promise<Finding> {
  const { entries, bytes, bytesMax } = await store.stats(Date.now());
  const waits: number[] = [];
  for (let index = 0; index < tries; index++) {
    const startedMs = performance.now();
    await store.ticketOf("farthing:doctor" as Scope, Date.now());
    waits.push(performance.now() - startedMs);
  }
  const middleMs = waits.toSorted((left, right) => left - right)[Math.floor(tries / 2)] ?? 0;
  const text = `${name}: ${formatCount(entries)} answers, ${formatBytes(bytes)} of ${formatBytes(bytesMax)}, answers in ${middleMs.toFixed(1)} ms`;
  if (middleMs <= waitMsMax / 2) return good("cache", text);
  const fix = `A request waits ${waitMsMax} ms at most and goes on without; bring the store nearer, or raise cache.waitMax.`;
  return doubtful("cache", text, fix);
}
