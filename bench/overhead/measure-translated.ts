import type { Result } from "../measurement.ts";
import { leastOf, ratios, subjectNamed, type BenchRun } from "./bench-run.ts";
import { streamRounds, streamShapes } from "./stream-rounds.ts";

const limits = { paced: 1.3, burst: 4 };

/**
 * CPU for each event of a stream that is translated on its way (Anthropic's events to chat chunks), against our own
 * pass-through of the same answer in the caller's dialect.
 */
export async function measureTranslated(run: BenchRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  const passing = subjectNamed(run, "farthing-off");
  const translating = [subjectNamed(run, "farthing-translated")];
  for (const shape of streamShapes) {
    const bar = { op: "<=", value: limits[shape] } as const;
    for (const { subject, ours, base } of await streamRounds(run, shape, passing, translating)) {
      results.push(leastOf(`translated-cpu-${shape}`, { subject }, ours, "us/event"));
      results.push(...ratios(`translated-cpu-${shape}-ratio`, { subject }, ours, base, bar));
    }
  }
  return results;
}
