import { tmpdir } from "node:os";
import { median, quantile, type Result } from "../measurement.ts";
import { interleave, loadOnce, medianOf, type BenchRun } from "./bench-run.ts";
import { measureDiskSync } from "./disk-sync.ts";
import type { Subject } from "./subjects.ts";

/**
 * Latency at 1,000 requests a second from an open loop, counted from the intended start. The bar for the strict ledger:
 * the relay's added p99, two disk syncs as measured here, and half a millisecond.
 */
export async function measureLatency(run: BenchRun): Promise<readonly Result[]> {
  const disk = measureDiskSync(tmpdir());
  const direct: Subject = { ...(run.subjects[0] as Subject), name: "direct", port: run.upstream.port, proof: null };
  const wanted = new Set(["relay", "nginx", "farthing-off", "farthing-strict", "farthing-relaxed"]);
  const subjects = [direct, ...run.subjects.filter((subject) => wanted.has(subject.name))];
  const p50 = new Map<string, number[]>();
  const p99 = await interleave(run, subjects, async (subject) => {
    const plan = { bodyBytes: 1_024, stream: false, connections: 50, ratePerSecond: 1_000, durationMs: 2_000 };
    const { latenciesUs } = await loadOnce(run, subject, plan);
    p50.set(subject.name, [...(p50.get(subject.name) ?? []), quantile(latenciesUs, 0.5)]);
    return quantile(latenciesUs, 0.99);
  });
  const added = (name: string): number => median(p99.get(name) ?? []) - median(p99.get("direct") ?? []);
  const limitUs = added("relay") + 2 * disk.p99Ms * 1_000 + 500;
  const strict: Result = {
    name: "added-p99",
    labels: { subject: "farthing-strict" },
    value: added("farthing-strict"),
    unit: "us",
    n: run.rounds,
    interval: null,
    bar: { op: "<=", value: Math.round(limitUs) },
  };
  const syncs = [disk.p50Ms, disk.p99Ms].map((ms) => ms * 1_000);
  return [
    ...[...p99.keys()].flatMap((name) => [
      medianOf("latency-p50", { subject: name }, p50.get(name) ?? [], "us"),
      medianOf("latency-p99", { subject: name }, p99.get(name) ?? [], "us"),
    ]),
    {
      name: "disk-sync",
      labels: { quantiles: "p50-p99" },
      value: syncs[0] ?? 0,
      unit: "us",
      n: 200,
      interval: [syncs[0] ?? 0, syncs[1] ?? 0],
      bar: null,
    },
    { ...strict, name: "added-p99", labels: { subject: "relay" }, value: added("relay"), bar: null },
    strict,
  ];
}
