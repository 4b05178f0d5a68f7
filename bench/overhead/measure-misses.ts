import { spread, type Result } from "../measurement.ts";
import { cpuPerRequest, inPairs, leastOf, ratios, subjectNamed, type BenchRun } from "./bench-run.ts";

const kilobyte = 1_024;
/** What a miss may cost more than the same request without the cache, at 1 KB, microseconds of CPU. */
const addedUsMax = 12;

/**
 * CPU that a miss adds: key, lookup, and storing the answer, against the same gateway with the cache off. Metrics and ledger are
 * off on both sides, so nothing else differs. With the store of the default config and with none behind the tier in memory.
 */
export async function measureMisses(run: BenchRun): Promise<readonly Result[]> {
  const results: Result[] = [];
  const base = subjectNamed(run, "farthing-off");
  const subjects = [subjectNamed(run, "farthing-cache-bare"), subjectNamed(run, "farthing-cache-memory")];
  for (const bodyBytes of [kilobyte, 8 * kilobyte, 100 * kilobyte]) {
    const body = `${bodyBytes / kilobyte} KB`;
    const plan = { bodyBytes, stream: false, connections: 32, ratePerSecond: null };
    const pairs = await inPairs(run, base, subjects, (subject) => cpuPerRequest(run, subject, plan));
    for (const { subject, ours, base: without } of pairs) {
      results.push({
        name: "miss-adds",
        labels: { subject, body },
        value: Math.min(...ours) - Math.min(...without),
        unit: "us/request",
        n: ours.length,
        interval: spread(ours.map((value, round) => value - (without[round] ?? Number.NaN))),
        bar: bodyBytes === kilobyte ? { op: "<=", value: addedUsMax } : null,
      });
      results.push(leastOf("miss-cpu", { subject, body }, ours, "us/request"));
      // A loud machine makes both dearer, and their difference with them: the ratio is what compares with another day.
      results.push(...ratios("miss-cpu-ratio", { subject, body }, ours, without, null));
    }
  }
  return results;
}
