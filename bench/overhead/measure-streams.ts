import type { Result } from "../measurement.ts";
import { leastOf, ratios, subjectNamed, type BenchRun } from "./bench-run.ts";
import { streamRounds, streamShapes } from "./stream-rounds.ts";

/** Those that stream nothing, or are measured with streams elsewhere. */
const notStreamed: readonly string[] = [
  "relay",
  "static",
  "farthing-translated",
  "farthing-budgets",
  "farthing-cache-bare",
  "farthing-cache-memory",
];

/** CPU for each SSE event: paced (an event every 20 ms on 64 streams) and in bursts (all events at once on 8). */
export async function measureStreams(run: BenchRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  const relay = subjectNamed(run, "relay");
  const subjects = run.subjects.filter(({ name }) => !notStreamed.includes(name));
  for (const shape of streamShapes) {
    const pairs = await streamRounds(run, shape, relay, subjects);
    const ofRelay = pairs.flatMap(({ base }) => base);
    results.push(leastOf(`stream-cpu-${shape}`, { subject: "relay" }, ofRelay, "us/event"));
    for (const { subject, ours } of pairs) results.push(leastOf(`stream-cpu-${shape}`, { subject }, ours, "us/event"));
    for (const { subject, ours, base } of pairs) {
      const barred = shape === "paced" && subject.startsWith("farthing");
      const bar = barred ? ({ op: "<=", value: 1.3 } as const) : null;
      results.push(...ratios(`stream-cpu-${shape}-ratio`, { subject }, ours, base, bar));
    }
  }
  return results;
}
