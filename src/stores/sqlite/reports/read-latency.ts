import type { DatabaseSync } from "node:sqlite";
import type { ReportDimension } from "../../../spec/report.ts";
import { coverByRows, type Coverage } from "../roll-ups/coverage.ts";
import { idAt } from "../id-window.ts";
import { readBuckets, type SumRow, type SumSource } from "./read-sums.ts";
import { dimensionSql } from "../roll-ups/report-dimensions.ts";
import { durationOfBucket } from "../roll-ups/row-measures.ts";

/** Median and 99th percentile of a group, microseconds. */
export interface Latency {
  readonly p50Us: number;
  readonly p99Us: number;
  /** Read from the rows themselves; else from a histogram, within 4.5 %. */
  readonly exact: boolean;
}

/** Up to so many requests percentiles are read from rows: about 0.1 s. */
const exactRequestsMax = 20_000;
/** What the histograms are kept by. */
const histogramDimensions: ReadonlySet<ReportDimension> = new Set(["model", "provider", "day"]);

/**
 * Latency by group, keyed as `groupKey` does: exact where rows are read anyway or are few, from histograms where they know the
 * grouping, and no entry where neither holds.
 */
export function readLatency(
  source: SumSource,
  by: readonly ReportDimension[],
  requests: number,
  rowsFromMs: number,
): ReadonlyMap<string, Latency> {
  const { coverage, database } = source;
  if (coverage.rolled.length === 0 || (requests <= exactRequestsMax && coverage.fromMs >= rowsFromMs)) {
    return readPercentiles(database, coverage, by);
  }
  return by.every((name) => histogramDimensions.has(name)) ? readHistograms(source, by) : new Map();
}

/** Tells groups apart: their values in the order of the grouping. */
export function groupKey(row: SumRow, by: readonly ReportDimension[]): string {
  return JSON.stringify(by.map((_name, index) => String(row[`g${index}`])));
}

function readHistograms(source: SumSource, by: readonly ReportDimension[]): ReadonlyMap<string, Latency> {
  const buckets = new Map<string, [bucket: number, requests: number][]>();
  for (const row of readBuckets(source, by)) {
    const key = groupKey(row, by);
    const list = buckets.get(key) ?? [];
    list.push([Number(row["bucket"]), Number(row["requests"])]);
    buckets.set(key, list);
  }
  const latencies = [...buckets].map(([key, list]): [string, Latency] => {
    const sorted = list.toSorted(([one], [other]) => one - other);
    return [key, { p50Us: durationAt(sorted, 50), p99Us: durationAt(sorted, 99), exact: false }];
  });
  return new Map(latencies);
}

function durationAt(buckets: readonly (readonly [bucket: number, requests: number])[], percent: number): number {
  const total = buckets.reduce((sum, [, requests]) => sum + requests, 0);
  let left = Math.ceil((total * percent) / 100);
  for (const [bucket, requests] of buckets) {
    left -= requests;
    if (left <= 0) return durationOfBucket(bucket);
  }
  return 0;
}

/** Exact percentiles by rank: the value below or at which that share of the requests lies. */
function readPercentiles(
  database: DatabaseSync,
  coverage: Coverage,
  by: readonly ReportDimension[],
): ReadonlyMap<string, Latency> {
  const { fromMs, toMs } = coverByRows(coverage.fromMs, coverage.toMs);
  const rows = database.prepare(percentileSql(by)).all(idAt(fromMs), idAt(toMs));
  return new Map(
    rows.map((row) => [
      groupKey(row, by),
      { p50Us: Number(row["p50"] ?? 0), p99Us: Number(row["p99"] ?? 0), exact: true },
    ]),
  );
}

function percentileSql(by: readonly ReportDimension[]): string {
  const groups = by.map((dimension, index) => `${dimensionSql(dimension)} AS g${index}`);
  const names = by.map((_dimension, index) => `g${index}`);
  const tags = by.includes("tags") ? "LEFT JOIN json_each(r.tags) AS t" : "";
  const partition = names.length === 0 ? "" : `PARTITION BY ${names.join(", ")}`;
  const list = (more: string): string => [...names, more].join(", ");
  // Totals are counted apart and joined: as a window function, count(*) OVER costs three times as much.
  const columns = [...groups, "r.duration_us AS duration_us"].join(", ");
  const sameGroup = names.map((name) => `ranked.${name} = totals.${name}`).join(" AND ");
  const rankedNames = names.map((name) => `ranked.${name}`);
  return `WITH rows AS (SELECT ${columns} FROM requests AS r ${tags} WHERE r.id >= ? AND r.id < ?),
      ranked AS (SELECT ${list(`duration_us, row_number() OVER (${partition} ORDER BY duration_us) AS rank`)} FROM rows),
      totals AS MATERIALIZED (SELECT ${list("count(*) AS total")} FROM rows ${groupBy(names)})
    SELECT ${[...rankedNames.map((name, index) => `${name} AS g${index}`), atRank(50), atRank(99)].join(", ")}
    FROM ranked JOIN totals ${sameGroup === "" ? "" : `ON ${sameGroup}`}
    ${groupBy(rankedNames)}`;
}

function atRank(percent: number): string {
  return `max(CASE WHEN rank = (total * ${percent} + 99) / 100 THEN duration_us END) AS p${percent}`;
}

function groupBy(names: readonly string[]): string {
  return names.length === 0 ? "" : `GROUP BY ${names.join(", ")}`;
}
