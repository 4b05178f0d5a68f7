import { median, quantile, spread, type Bar, type Result } from "../measurement.ts";
import type { LevelRun } from "./replay-level.ts";

/** Student's t, two-sided 95 %, by degrees of freedom 1 to 9. */
const studentT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262] as const;

/** The figures of one level over its seeds. */
export function judgeLevel(runs: readonly LevelRun[]): readonly Result[] {
  const [first] = runs;
  if (first === undefined) return [];
  const labels = { level: first.level.name };
  const figure = (name: string, unit: string, values: readonly number[], bar: Bar | null = null): Result => {
    const value = values.reduce((sum, one) => sum + one, 0) / values.length;
    return { name, labels, value, unit, n: values.length, interval: intervalOfMean(values), bar };
  };
  const perRun = (valueOf: (run: LevelRun) => number): readonly number[] => runs.map(valueOf);
  const went = perRun(({ tally }) => (tally.timesOff > 0 ? 1 : 0));
  const moments = runs.flatMap(({ tally }) => (tally.firstOffAt === null ? [] : [tally.firstOffAt]));
  return [
    figure(
      "hits-exact",
      "%",
      perRun(({ tally, requests }) => (100 * tally.exactHits) / requests),
    ),
    figure(
      "hits-normalised",
      "%",
      perRun(({ tally, requests }) => (100 * tally.normalisedHits) / requests),
    ),
    ...addedTime(runs, labels),
    figure("net-per-1000", "USD", perRun(netPer1000)),
    figure("net-of-bill", "%", perRun(netShare)),
    {
      ...figure("went-off", "share of seeds", went, { op: "==", value: first.level.turnsOff ? 1 : 0 }),
      interval: null,
    },
    ...(moments.length === 0
      ? []
      : [
          {
            name: "off-after",
            labels,
            value: median(moments),
            unit: "requests",
            n: moments.length,
            interval: spread(moments),
            bar: null,
          },
          figure(
            "kept-out",
            "%",
            perRun(({ tally, requests }) => (100 * tally.switchedOff) / requests),
          ),
        ]),
  ];
}

/** Own time of a miss over that of the same engine without the cache, at the middle and far out. */
function addedTime(runs: readonly LevelRun[], labels: Record<string, string>): readonly Result[] {
  const at = (name: string, q: number): Result => {
    const each = runs.map(({ missUs, withoutUs }) => quantile(missUs, q) - quantile(withoutUs, q));
    const [missUs, withoutUs] = [runs.flatMap((run) => run.missUs), runs.flatMap((run) => run.withoutUs)];
    const value = quantile(missUs, q) - quantile(withoutUs, q);
    return { name, labels, value, unit: "us", n: missUs.length, interval: spread(each), bar: null };
  };
  return [at("miss-adds-p50", 0.5), at("miss-adds-p99", 0.99)];
}

function netPer1000({ tally, requests }: LevelRun): number {
  return (Number(tally.savedPicoUsd - tally.missesPicoUsd) / 1e12 / requests) * 1_000;
}

function netShare({ tally }: LevelRun): number {
  return (100 * Number(tally.savedPicoUsd - tally.missesPicoUsd)) / Number(tally.baselinePicoUsd);
}

/** 95 % interval of a mean of few values; null of a single one. */
function intervalOfMean(values: readonly number[]): readonly [number, number] | null {
  const freedom = values.length - 1;
  if (freedom < 1) return null;
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / freedom;
  const half = (studentT[freedom - 1] ?? 1.96) * Math.sqrt(variance / values.length);
  return [mean - half, mean + half];
}
