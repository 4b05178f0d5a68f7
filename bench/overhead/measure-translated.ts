import type { Result } from "../measurement.ts";
import { cpuPerRequest, interleave, leastOf, ratios, type BenchRun } from "./bench-run.ts";
import { eventsPerStream } from "./wire.ts";

/**
 * CPU for each event of a stream that is translated on its way (Anthropic's events to chat chunks), against our own
 * pass-through of the same answer in the caller's dialect.
 */
export async function measureTranslated(run: BenchRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  const subjects = run.subjects.filter(({ name }) => name === "farthing-off" || name === "farthing-translated");
  for (const [shape, paceMs, connections, durationMs, limit] of [
    ["paced", 20, 64, 2_000, 1.3],
    ["burst", 0, 8, run.roundMs, 4],
  ] as const) {
    run.upstream.paceMs = paceMs;
    const values = await interleave(run, subjects, async (subject) => {
      const plan = { bodyBytes: 1_024, stream: true, connections, ratePerSecond: null, durationMs };
      return (await cpuPerRequest(run, subject, plan)) / eventsPerStream;
    });
    run.upstream.paceMs = 0;
    const passed = values.get("farthing-off") ?? [];
    const translated = values.get("farthing-translated") ?? [];
    const labels = { subject: "farthing-translated" };
    results.push(leastOf(`translated-cpu-${shape}`, labels, translated, "us/event"));
    results.push(...ratios(`translated-cpu-${shape}-ratio`, labels, translated, passed, { op: "<=", value: limit }));
  }
  return results;
}
