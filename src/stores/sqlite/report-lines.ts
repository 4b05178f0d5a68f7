import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { PicoUsd } from "../../spec/money.ts";
import type { ReportDimension, ReportLine } from "../../spec/report.ts";
import { dimensionSql } from "./report-dimensions.ts";

/** Request ids from `fromId` up to but without `toId`. */
export interface IdWindow {
  readonly fromId: bigint;
  readonly toId: bigint;
}

/** Amounts are summed as quotient and remainder of this: a sum of pico-dollars in 64 bits would end at $9.2 million. */
const split = 1_000_000_000n;

const sumOf = (expression: string, name: string): string =>
  `coalesce(sum((${expression}) / ${split}), 0) AS ${name}_quotient, coalesce(sum((${expression}) % ${split}), 0) AS ${name}_remainder`;

type Row = Record<string, SQLOutputValue>;

/** All groups of a window, dearest first. Reads the window three times: sums, percentiles, savings. */
export function readLines(
  database: DatabaseSync,
  window: IdWindow,
  by: readonly ReportDimension[],
): readonly ReportLine[] {
  const groups = by.map((dimension, index) => `${dimensionSql(dimension)} AS g${index}`);
  const tags = by.includes("tags") ? "LEFT JOIN json_each(r.tags) AS t" : "";
  const source = `FROM requests AS r ${tags} WHERE r.id >= ? AND r.id < ?`;
  const names = by.map((_dimension, index) => `g${index}`);
  const keyOf = (row: Row): string => JSON.stringify(names.map((name) => row[name]));
  const read = (sql: string): readonly Row[] => database.prepare(sql).all(window.fromId, window.toId);

  const percentiles = new Map(read(percentileSql(groups, names, source)).map((row) => [keyOf(row), row]));
  const savings = new Map<string, Record<string, PicoUsd>>();
  for (const row of read(savingSql(groups, names, source))) {
    const saved = savings.get(keyOf(row)) ?? {};
    saved[String(row["technique"])] = amount(row, "saved");
    savings.set(keyOf(row), saved);
  }
  return read(sumSql(groups, names, source))
    .map((row) => {
      const group = Object.fromEntries(by.map((dimension, index) => [dimension, String(row[`g${index}`])]));
      return lineOf(row, group, savings.get(keyOf(row)) ?? {}, percentiles.get(keyOf(row)));
    })
    .toSorted(dearestFirst);
}

/** Requests and cost of each value of one dimension, dearest first: one reading of the window. */
export function readCosts(
  database: DatabaseSync,
  window: IdWindow,
  dimension: ReportDimension,
): readonly { readonly name: string; readonly requests: number; readonly costPicoUsd: PicoUsd }[] {
  return database
    .prepare(
      `SELECT ${dimensionSql(dimension)} AS name, count(*) AS requests, ${sumOf("r.cost_pico_usd", "cost")}
       FROM requests AS r WHERE r.id >= ? AND r.id < ? GROUP BY name`,
    )
    .all(window.fromId, window.toId)
    .map((row) => ({ name: String(row["name"]), requests: Number(row["requests"]), costPicoUsd: amount(row, "cost") }))
    .toSorted(dearestFirst);
}

function dearestFirst(one: { costPicoUsd: PicoUsd }, other: { costPicoUsd: PicoUsd }): number {
  return Number(other.costPicoUsd > one.costPicoUsd) - Number(other.costPicoUsd < one.costPicoUsd);
}

function sumSql(groups: readonly string[], names: readonly string[], source: string): string {
  const compared = "CASE WHEN r.baseline_pico_usd IS NOT NULL THEN r.cost_pico_usd END";
  const baseline = "CASE WHEN r.cost_pico_usd IS NOT NULL THEN r.baseline_pico_usd END";
  const columns = [
    ...groups,
    "count(*) AS requests",
    "count(r.cost_pico_usd) AS costed",
    sumOf("r.cost_pico_usd", "cost"),
    sumOf(compared, "compared"),
    sumOf(baseline, "baseline"),
    countIf("r.cost_state = 'unpriced'", "unpriced"),
    countIf("r.cost_state = 'estimated'", "estimated"),
    countIf("r.cache = 'hit'", "hits"),
    // A follower of a shared call looked in no cache.
    countIf("r.cache IN ('hit', 'miss')", "lookups"),
    countIf("r.outcome IN ('error', 'truncated')", "errors"),
    countIf("r.outcome = 'aborted'", "aborted"),
  ];
  return `SELECT ${columns.join(", ")} ${source} ${groupBy(names)}`;
}

/** Exact percentiles by rank: the value below or at which that share of the requests lies. */
function percentileSql(groups: readonly string[], names: readonly string[], source: string): string {
  const partition = names.length === 0 ? "" : `PARTITION BY ${names.join(", ")}`;
  const list = (more: string): string => [...names, more].join(", ");
  // Totals are counted apart and joined: as a window function, count(*) OVER costs three times as much.
  const rows = `SELECT ${[...groups, "r.duration_us AS duration_us"].join(", ")} ${source}`;
  const sameGroup = names.map((name) => `ranked.${name} = totals.${name}`).join(" AND ");
  const rankedNames = names.map((name) => `ranked.${name}`);
  return `WITH rows AS (${rows}),
      ranked AS (SELECT ${list(`duration_us, row_number() OVER (${partition} ORDER BY duration_us) AS rank`)} FROM rows),
      totals AS MATERIALIZED (SELECT ${list("count(*) AS total")} FROM rows ${groupBy(names)})
    SELECT ${[...rankedNames, atRank(50), atRank(99)].join(", ")}
    FROM ranked JOIN totals ${sameGroup === "" ? "" : `ON ${sameGroup}`}
    ${groupBy(rankedNames)}`;
}

function savingSql(groups: readonly string[], names: readonly string[], source: string): string {
  const saved = "CAST(s.value ->> '$[1]' AS INTEGER)";
  const from = source.replace("WHERE", "JOIN json_each(r.savings) AS s WHERE");
  const columns = [...groups, "s.value ->> '$[0]' AS technique", sumOf(saved, "saved")];
  return `SELECT ${columns.join(", ")} ${from} AND r.savings IS NOT NULL GROUP BY ${[...names, "technique"].join(", ")}`;
}

function countIf(condition: string, name: string): string {
  return `count(CASE WHEN ${condition} THEN 1 END) AS ${name}`;
}

function atRank(percent: number): string {
  return `max(CASE WHEN rank = (total * ${percent} + 99) / 100 THEN duration_us END) AS p${percent}`;
}

function groupBy(names: readonly string[]): string {
  return names.length === 0 ? "" : `GROUP BY ${names.join(", ")}`;
}

function lineOf(
  row: Row,
  group: Readonly<Record<string, string>>,
  savedPicoUsd: Readonly<Record<string, PicoUsd>>,
  percentiles: Row | undefined,
): ReportLine {
  const count = (name: string): number => Number(row[name]);
  const costPicoUsd = amount(row, "cost");
  const costed = row["costed"] as bigint;
  return {
    group,
    requests: count("requests"),
    costPicoUsd,
    comparedCostPicoUsd: amount(row, "compared"),
    baselinePicoUsd: amount(row, "baseline"),
    savedPicoUsd,
    meanCostPicoUsd: costed === 0n ? null : costPicoUsd / costed,
    unpriced: count("unpriced"),
    estimated: count("estimated"),
    cacheHits: count("hits"),
    cacheLookups: count("lookups"),
    hitRate: count("lookups") === 0 ? null : count("hits") / count("lookups"),
    errors: count("errors"),
    aborted: count("aborted"),
    p50Us: Number(percentiles?.["p50"] ?? 0),
    p99Us: Number(percentiles?.["p99"] ?? 0),
  };
}

function amount(row: Row, name: string): PicoUsd {
  return (row[`${name}_quotient`] as bigint) * split + (row[`${name}_remainder`] as bigint);
}
