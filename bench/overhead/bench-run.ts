import { treeCpuUs } from "../cpu-time.ts";
import { median, spread, type Bar, type Result } from "../measurement.ts";
import { runLoad, type LoadPlan, type LoadResult } from "./load.ts";
import type { Subject } from "./subjects.ts";
import type { Upstream } from "./upstream.ts";

/** One run of the benchmark: who is measured, for how long, and what was sent to whom. */
export interface BenchRun {
  readonly upstream: Upstream;
  readonly subjects: readonly Subject[];
  readonly rounds: number;
  readonly roundMs: number;
  /** A serial number never used before, so that no request repeats. */
  readonly fresh: () => number;
  /** Answered requests by subject, to be compared with its ledger and metrics. */
  readonly sent: Map<string, number>;
}

/** A subject that every run has. */
export function subjectNamed(run: BenchRun, name: string): Subject {
  const found = run.subjects.find((subject) => subject.name === name);
  if (found === undefined) throw new Error(`${name} was not started`);
  return found;
}

/** What a round asks of a subject. */
export type RoundPlan = Pick<LoadPlan, "bodyBytes" | "stream" | "connections" | "ratePerSecond"> & {
  readonly durationMs?: number;
  /** True: always the same request, to be answered from the cache. */
  readonly repeat?: boolean;
};

/** Loads one subject once, counts what was sent, and refuses a round with failed requests. */
export async function loadOnce(run: BenchRun, subject: Subject, plan: RoundPlan): Promise<LoadResult> {
  const result = await runLoad({
    ...plan,
    port: subject.port,
    ...(subject.key === undefined ? {} : { key: subject.key }),
    durationMs: plan.durationMs ?? run.roundMs,
    nextSerial: plan.repeat === true ? () => 1 : run.fresh,
  });
  run.sent.set(subject.name, (run.sent.get(subject.name) ?? 0) + result.requests);
  if (result.failures > 0) throw new Error(`${subject.name}: ${result.failures} of ${result.requests} requests failed`);
  return result;
}

/** Load before each measured round: seconds of rest have emptied the processor's caches and let the subject's leases and sockets go. */
const leadInMs = 250;

/** CPU of the subject's process tree for each request of one round, in microseconds. */
export async function cpuPerRequest(run: BenchRun, subject: Subject, plan: RoundPlan): Promise<number> {
  await loadOnce(run, subject, { ...plan, durationMs: leadInMs });
  const before = treeCpuUs(subject.pid);
  const result = await loadOnce(run, subject, plan);
  // The ledger's worker may still be writing what this round handed over: its work belongs to the round.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return (treeCpuUs(subject.pid) - before) / result.requests;
}

/** Measures every subject once a round, in rotating order, so that a slow moment of the machine hits all alike. */
export async function interleave(
  run: BenchRun,
  subjects: readonly Subject[],
  measure: (subject: Subject) => Promise<number>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const values = new Map<string, number[]>(subjects.map((subject) => [subject.name, []]));
  for (let round = 0; round < run.rounds; round += 1) {
    for (let index = 0; index < subjects.length; index += 1) {
      const subject = subjects[(index + round) % subjects.length];
      if (subject !== undefined) values.get(subject.name)?.push(await measure(subject));
      process.stderr.write(".");
    }
  }
  process.stderr.write("\n");
  return values;
}

/** A subject's rounds, and those of the baseline that took turns with it. */
export interface PairRounds {
  readonly subject: string;
  readonly ours: readonly number[];
  readonly base: readonly number[];
}

/**
 * Measures each subject in turn with a baseline: a slow moment of the machine hits both, and neither rests longer than a round. After
 * ten seconds of rest the engine's compiler threads were seen at work again, for a gateway longer than for a relay; the first round of each
 * is therefore thrown away.
 */
export async function inPairs(
  run: BenchRun,
  base: Subject,
  subjects: readonly Subject[],
  measure: (subject: Subject) => Promise<number>,
): Promise<readonly PairRounds[]> {
  const pairs: PairRounds[] = [];
  for (const subject of subjects) {
    const rounds: [ours: number, base: number][] = [];
    for (let round = 0; round <= run.rounds; round += 1) {
      rounds.push([await measure(subject), await measure(base)]);
      process.stderr.write(".");
    }
    const kept = rounds.slice(1);
    pairs.push({ subject: subject.name, ours: kept.map(([ours]) => ours), base: kept.map(([, of]) => of) });
  }
  process.stderr.write("\n");
  return pairs;
}

/** A figure over rounds: the least disturbed one, with the smallest and largest. What else runs on a machine only adds. */
export function leastOf(
  name: string,
  labels: Record<string, string>,
  values: readonly number[],
  unit: string,
  bar: Bar | null = null,
): Result {
  return { name, labels, value: Math.min(...values), unit, n: values.length, interval: spread(values), bar };
}

/** A figure over rounds: the median, with the smallest and largest. */
export function medianOf(
  name: string,
  labels: Record<string, string>,
  values: readonly number[],
  unit: string,
): Result {
  return { name, labels, value: median(values), unit, n: values.length, interval: spread(values), bar: null };
}

/**
 * How much more a subject takes than the baseline of the same rounds: the least disturbed round of each, which the bar is
 * about; and the median of the rounds' own ratios beside it, which tells how disturbed the machine was.
 */
export function ratios(
  name: string,
  labels: Record<string, string>,
  ours: readonly number[],
  base: readonly number[],
  bar: Bar | null,
): readonly Result[] {
  const each = ours.map((value, index) => value / (base[index] ?? Number.NaN));
  const least: Result = {
    name,
    labels,
    value: Math.min(...ours) / Math.min(...base),
    unit: "x",
    n: ours.length,
    interval: spread(each),
    bar,
  };
  return [least, medianOf(`${name}-median`, labels, each, "x")];
}
