import { metrics, type MetricName } from "../../spec/metrics.ts";

/** Counters of one metric, one for each combination of label values. Amounts of money stay whole pico-dollars until they are shown. */
export interface CounterFamily {
  add(amount: number, ...labels: readonly string[]): void;
  addPicoUsd(amount: bigint, ...labels: readonly string[]): void;
  render(): string;
}

/** Series of one metric, at most; label caps keep far below it, products of labels might not. */
const seriesMax = 5000;

interface Series {
  readonly labels: string;
  count: number;
  picoUsd: bigint | null;
}

/** One map for each label: label values are few and known strings, while a joined key would be hashed anew each time. */
type Level = Map<string, Level | Series>;

function levelBelow(level: Level, value: string): Level {
  const known = level.get(value);
  if (known instanceof Map) return known;
  const below: Level = new Map();
  level.set(value, below);
  return below;
}

/** Counters of the metric `name` of the table. Label values are given in the table's order. */
export function createCounters(name: MetricName): CounterFamily {
  const series: Series[] = [];
  const root: Level = new Map();
  const find = (labels: readonly string[]): Series => {
    let level = root;
    for (let index = 0; index < labels.length - 1; index++) level = levelBelow(level, labels[index] ?? "");
    const last = labels.at(-1) ?? "";
    const known = level.get(last);
    if (known !== undefined && !(known instanceof Map)) return known;
    if (series.length >= seriesMax && last !== "") return find([]);
    const found: Series = { labels: renderLabels(metrics[name].labels, labels), count: 0, picoUsd: null };
    series.push(found);
    level.set(last, found);
    return found;
  };
  return {
    add: (amount, ...labels) => {
      find(labels).count += amount;
    },
    addPicoUsd: (amount, ...labels) => {
      const found = find(labels);
      found.picoUsd = (found.picoUsd ?? 0n) + amount;
    },
    render: () => {
      let text = renderHeading(name);
      for (const one of series) {
        text += `${name}${one.labels} ${one.picoUsd === null ? one.count : picoAsUsd(one.picoUsd)}\n`;
      }
      return text;
    },
  };
}

/** Seconds; from a cache hit to the longest answer that a default time-out allows. */
const bucketsS: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
];

/** Histograms of one metric. */
export interface HistogramFamily {
  observe(seconds: number, label: string): void;
  render(): string;
}

/** Histograms of the metric `name`, which has exactly one label, of few values. */
export function createHistograms(name: MetricName): HistogramFamily {
  const series = new Map<string, { readonly counts: Float64Array; sum: number }>();
  return {
    observe: (seconds, label) => {
      let found = series.get(label);
      if (found === undefined) {
        found = { counts: new Float64Array(bucketsS.length + 1), sum: 0 };
        series.set(label, found);
      }
      let bucket = 0;
      while (bucket < bucketsS.length && seconds > (bucketsS[bucket] ?? 0)) bucket++;
      found.counts[bucket] = (found.counts[bucket] ?? 0) + 1;
      found.sum += seconds;
    },
    render: () => {
      const labelName = metrics[name].labels[0] ?? "";
      let text = renderHeading(name);
      for (const [label, { counts, sum }] of series) {
        let total = 0;
        for (const [bucket, count] of counts.entries()) {
          total += count;
          const bound = bucketsS[bucket] ?? "+Inf";
          text += `${name}_bucket${renderLabels([labelName, "le"], [label, String(bound)])} ${total}\n`;
        }
        const labels = renderLabels([labelName], [label]);
        text += `${name}_sum${labels} ${sum}\n${name}_count${labels} ${total}\n`;
      }
      return text;
    },
  };
}

/** One unlabelled value of the metric `name`, read at the moment of the scrape. */
export function renderValue(name: MetricName, value: number): string {
  return `${renderHeading(name)}${name} ${value}\n`;
}

function renderHeading(name: MetricName): string {
  const { help, type } = metrics[name];
  return `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n# TYPE ${name} ${type}\n`;
}

/** `{a="b",c="d"}`, escaped as the text format 0.0.4 asks; absent values are `other`. */
function renderLabels(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return "";
  const pairs = names.map((name, index) => `${name}="${escapeLabel(values[index] ?? "other")}"`);
  return `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function picoAsUsd(picoUsd: bigint): string {
  const digits = picoUsd.toString().padStart(13, "0");
  return `${digits.slice(0, -12)}.${digits.slice(-12)}`;
}
