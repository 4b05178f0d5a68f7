import type { Result } from "../measurement.ts";
import { cpuPerRequest, inPairs, leastOf, ratios, subjectNamed, type BenchRun } from "./bench-run.ts";
import { eventsPerStream } from "./wire.ts";

/**
 * CPU for each event of a stream that is translated on its way (Anthropic's events to chat chunks), against our own
 * pass-through of the same answer in the caller's dialect.
 */
export async function measureTranslated(run: BenchRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  const passing = subjectNamed(run, "farthing-off");
  const translating = [subjectNamed(run, "farthing-translated")];
  for (const [shape, paceMs, connections, durationMs, limit] of [
    ["paced", 20, 64, 2_000, 1.3],
    ["burst", 0, 8, run.roundMs, 4],
  ] as const) {
    run.upstream.paceMs = paceMs;
    const pairs = await inPairs(run, passing, translating, async (subject) => {
      const plan = { bodyBytes: 1_024, stream: true, connections, ratePerSecond: null, durationMs };
      return (await cpuPerRequest(run, subject, plan)) / eventsPerStream;
    });
    run.upstream.paceMs = 0;
    for (const { subject, ours, base } of pairs) {
      results.push(leastOf(`translated-cpu-${shape}`, { subject }, ours, "us/event"));
      results.push(...ratios(`translated-cpu-${shape}-ratio`, { subject }, ours, base, { op: "<=", value: limit }));
    }
  }
  return results;
}
