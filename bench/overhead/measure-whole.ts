import type { Bar, Result } from "../measurement.ts";
import { cpuPerRequest, interleave, leastOf, ratios, type BenchRun } from "./bench-run.ts";

const kilobyte = 1_024;
const bars: Readonly<Record<string, number>> = { "farthing-off": 1.35, "farthing-cache": 1.5, "farthing-strict": 2 };

/** CPU of an uncached whole reply at bodies of 1, 8 and 100 KB: every subject, and ours as ratios to the relay. */
export async function measureWhole(run: BenchRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const bodyBytes of [kilobyte, 8 * kilobyte, 100 * kilobyte]) {
    const body = `${bodyBytes / kilobyte} KB`;
    const subjects = run.subjects.filter(({ name }) => name !== "static" && name !== "farthing-translated");
    const values = await interleave(run, subjects, (subject) =>
      cpuPerRequest(run, subject, { bodyBytes, stream: false, connections: 32, ratePerSecond: null }),
    );
    const relay = values.get("relay") ?? [];
    for (const [subject, cpuUs] of values) {
      const strictBar: Bar | null =
        subject === "farthing-strict" && bodyBytes === kilobyte ? { op: "<=", value: 90 } : null;
      results.push(leastOf("whole-cpu", { subject, body }, cpuUs, "us/request", strictBar));
    }
    for (const [subject, cpuUs] of values) {
      const limit = bodyBytes === kilobyte ? bars[subject] : undefined;
      const bar: Bar | null = limit === undefined ? null : { op: "<=", value: limit };
      if (subject !== "relay") results.push(...ratios("whole-cpu-ratio", { subject, body }, cpuUs, relay, bar));
    }
    const budgeted = values.get("farthing-budgets") ?? [];
    const bar: Bar | null = bodyBytes === kilobyte ? { op: "<=", value: 1.15 } : null;
    results.push(...ratios("budgets-cpu-ratio", { body }, budgeted, values.get("farthing-strict") ?? [], bar));
  }
  return results;
}
