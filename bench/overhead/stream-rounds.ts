import { cpuPerRequest, inPairs, type BenchRun, type PairRounds } from "./bench-run.ts";
import type { Subject } from "./subjects.ts";
import { eventsPerStream } from "./wire.ts";

/** How a stream's events come: an event every 20 ms on 64 streams, or all of them at once on 8. */
export const streamShapes = ["paced", "burst"] as const;

/** CPU for each event of streams of a shape, of subjects in turn with a baseline. */
export async function streamRounds(
  run: BenchRun,
  shape: (typeof streamShapes)[number],
  base: Subject,
  subjects: readonly Subject[],
): Promise<readonly PairRounds[]> {
  const load = shape === "paced" ? { connections: 64, durationMs: 2_000 } : { connections: 8, durationMs: run.roundMs };
  run.upstream.paceMs = shape === "paced" ? 20 : 0;
  const pairs = await inPairs(run, base, subjects, async (subject) => {
    const plan = { bodyBytes: 1_024, stream: true, ratePerSecond: null, ...load };
    return (await cpuPerRequest(run, subject, plan)) / eventsPerStream;
  });
  run.upstream.paceMs = 0;
  return pairs;
}
