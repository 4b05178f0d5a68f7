import type { Result } from "../measurement.ts";
import { cpuPerRequest, inPairs, leastOf, ratios, subjectNamed, type BenchRun } from "./bench-run.ts";

/** CPU of an answer from the exact cache against a server that reads the body and sends the same bytes. */
export async function measureHits(run: BenchRun): Promise<readonly Result[]> {
  const base = subjectNamed(run, "static");
  const subjects = run.subjects.filter(({ name }) =>
    ["farthing-cache", "farthing-strict", "farthing-relaxed"].includes(name),
  );
  const plan = { bodyBytes: 1_024, stream: false, connections: 32, ratePerSecond: null, repeat: true };
  const pairs = await inPairs(run, base, subjects, (subject) => cpuPerRequest(run, subject, plan));
  const ofStatic = pairs.flatMap((pair) => pair.base);
  return [
    leastOf("hit-cpu", { subject: "static" }, ofStatic, "us/request"),
    ...pairs.flatMap(({ subject, ours, base: rounds }) => [
      leastOf("hit-cpu", { subject }, ours, "us/request"),
      ...ratios("hit-cpu-ratio", { subject }, ours, rounds, { op: "<=", value: 2.2 }),
    ]),
  ];
}
