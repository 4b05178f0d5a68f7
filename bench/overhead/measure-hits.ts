import type { Result } from "../measurement.ts";
import { cpuPerRequest, interleave, leastOf, ratios, type BenchRun } from "./bench-run.ts";

/** CPU of an answer from the exact cache against a server that reads the body and sends the same bytes. */
export async function measureHits(run: BenchRun): Promise<readonly Result[]> {
  const subjects = run.subjects.filter((subject) =>
    ["static", "farthing-cache", "farthing-strict", "farthing-relaxed"].includes(subject.name),
  );
  const values = await interleave(run, subjects, (subject) =>
    cpuPerRequest(run, subject, {
      bodyBytes: 1_024,
      stream: false,
      connections: 32,
      ratePerSecond: null,
      repeat: true,
    }),
  );
  const base = values.get("static") ?? [];
  return [...values].flatMap(([subject, cpuUs]) => [
    leastOf("hit-cpu", { subject }, cpuUs, "us/request"),
    ...(subject === "static" ? [] : ratios("hit-cpu-ratio", { subject }, cpuUs, base, { op: "<=", value: 2.2 })),
  ]);
}
