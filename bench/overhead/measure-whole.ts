import type { Bar, Result } from "../measurement.ts";
import { cpuPerRequest, inPairs, leastOf, ratios, subjectNamed, type BenchRun } from "./bench-run.ts";
import type { Subject } from "./subjects.ts";

const kilobyte = 1_024;
const bars: Readonly<Record<string, number>> = { "farthing-off": 1.35, "farthing-cache": 1.5, "farthing-strict": 2 };
/** Measured elsewhere, or against another baseline than the relay. */
const notWhole: readonly string[] = [
  "relay",
  "static",
  "farthing-translated",
  "farthing-budgets",
  "farthing-cache-bare",
  "farthing-cache-memory",
];

/** CPU of an uncached whole reply at bodies of 1, 8 and 100 KB: every subject against the relay, and budgets against none. */
export async function measureWhole(run: BenchRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  const subjects = run.subjects.filter(({ name }) => !notWhole.includes(name));
  const budgeted = [subjectNamed(run, "farthing-budgets")];
  for (const bodyBytes of [kilobyte, 8 * kilobyte, 100 * kilobyte]) {
    const body = `${bodyBytes / kilobyte} KB`;
    const barOf = (value: number | undefined): Bar | null =>
      value === undefined || bodyBytes > kilobyte ? null : { op: "<=", value };
    const measure = (subject: Subject): Promise<number> =>
      cpuPerRequest(run, subject, { bodyBytes, stream: false, connections: 32, ratePerSecond: null });
    const pairs = await inPairs(run, subjectNamed(run, "relay"), subjects, measure);
    const relay = pairs.flatMap(({ base }) => base);
    results.push(leastOf("whole-cpu", { subject: "relay", body }, relay, "us/request"));
    for (const { subject, ours } of pairs) {
      const bar = barOf(subject === "farthing-strict" ? 90 : undefined);
      results.push(leastOf("whole-cpu", { subject, body }, ours, "us/request", bar));
    }
    for (const { subject, ours, base } of pairs)
      results.push(...ratios("whole-cpu-ratio", { subject, body }, ours, base, barOf(bars[subject])));
    for (const { ours, base } of await inPairs(run, subjectNamed(run, "farthing-strict"), budgeted, measure))
      results.push(...ratios("budgets-cpu-ratio", { body }, ours, base, barOf(1.15)));
  }
  return results;
}
