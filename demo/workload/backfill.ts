import { localKeyTenant } from "./features.ts";
import { createSeededRandom } from "./seeded-random.ts";
import type { OpenAiBody, WorkloadRow } from "./workload-row.ts";
import { writeIncident } from "./write-documents.ts";

/** The project that runs away: its own local key, its own budget, and a model that nothing else of the workload asks for. */
export const backfill = {
  project: "nightly-backfill",
  /** On the provider's own log it tells these calls from all others. */
  model: "gpt-4.1",
  /** Less than its calls cost together. */
  limitUsd: "0.04",
  limitPicoUsd: 40_000_000_000n,
  calls: 60,
  /** In flight at once: a budget that looks first and counts later would be overshot. */
  concurrency: 6,
  /** Too few for a summary: every answer is cut off, which is why the job asks on and on. */
  outputTokensMax: 60,
  /** What its tokens cost in the dearest service tier, priority, which a call that names none may get (https://openai.com/api/pricing). */
  dearestTierPercent: 175n,
} as const;

const documentLetters = 1_800;
const instructions = "Summarise the incident for the monthly list. Name cause, effect and what was done.";

/**
 * A job that nobody watches: it asks for summaries, gets each cut off at its output limit, and goes on. These rows come on top of
 * the workload and repeat nothing. Whether one is to be served depends on what those before it cost, so that its label is
 * worked out afterwards, from the provider's log.
 */
export function generateBackfill(seed: number): readonly WorkloadRow[] {
  const random = createSeededRandom(seed, "backfill");
  return Array.from({ length: backfill.calls }, (_, index) => {
    const id = `b${String(index + 1).padStart(4, "0")}`;
    const body: OpenAiBody = {
      model: backfill.model,
      messages: [
        { role: "system", content: instructions },
        { role: "user", content: writeIncident(random, documentLetters) },
      ],
      max_completion_tokens: backfill.outputTokensMax,
      temperature: 0,
    };
    return {
      id,
      cluster: `backfill-${id}`,
      variant: "original",
      repeats: null,
      together: false,
      expectedRoute: "as-asked",
      expectsTranslation: false,
      task: "backfill",
      feature: backfill.project,
      user: `${localKeyTenant}-cron`,
      team: "operations",
      session: null,
      tenant: localKeyTenant,
      stream: false,
      streamUsage: false,
      dialect: "openai-chat",
      body,
    };
  });
}
