import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { CalendarUnit } from "../../../spec/calendar.ts";
import type { PicoUsd } from "../../../spec/money.ts";
import type { ReportDimension } from "../../../spec/report.ts";
import { startOfUnit } from "../../../kit/zoned-time.ts";
import type { Coverage } from "../roll-ups/coverage.ts";
import { dimensionSql, quarterMs, rolledDimensionSql, spanFunction } from "../roll-ups/report-dimensions.ts";
import { amountSplit, latencyBucketSql, type Measure, techniqueMeasures } from "../roll-ups/row-measures.ts";
import { type RollUp, rollUpTable } from "../roll-ups/schema-roll-ups.ts";

/** A row of sums: groups `g0`, `g1`, ... in the order of `by`, then the measures by name. */
export type SumRow = Readonly<Record<string, SQLOutputValue>>;

/** Sums of a window: what is covered how, and up to where the roll-ups go. */
export interface SumSource {
  readonly database: DatabaseSync;
  readonly coverage: Coverage;
  readonly foldedBelowId: bigint;
}

/** One `SELECT` and its parameters. */
interface Part {
  readonly sql: string;
  readonly parameters: readonly (bigint | number)[];
}

/** Spans that `day` stands for while a connection reads: those of a zone, by calendar units or by quarters of an hour. */
export function setSpans(database: DatabaseSync, unit: CalendarUnit | "quarter", zone: string): void {
  const starts = new Map<number, number>();
  const startOf = (ms: number): number => {
    const known = starts.get(ms);
    if (known !== undefined) return known;
    const start = unit === "quarter" ? Math.floor(ms / quarterMs) * quarterMs : startOfUnit(ms, unit, zone);
    // As many entries as the window has quarters: 38,400 for 400 days.
    starts.set(ms, start);
    return start;
  };
  database.function(spanFunction, { deterministic: true }, (ms) => startOf(Number(ms)));
}

/** Sums of the measures by group, in no order. Without a grouping one row, zeros where there is nothing. */
export function readSums(
  source: SumSource,
  by: readonly ReportDimension[],
  measures: readonly Measure[],
): readonly SumRow[] {
  const names = measures.map((measure) => measure.name);
  const ofRows = measures.map((measure) => `coalesce(sum(${measure.sql}), 0) AS ${measure.name}`);
  const ofSpans = names.map((name) => `coalesce(sum(${name}), 0) AS ${name}`);
  return readParts(source, by, { holds: "sums", keys: [], rowKeys: [], rowJoin: "", ofRows, ofSpans, names });
}

/** What each technique saved, by group: `technique` and the columns of an amount called `saved`. */
export function readTechniques(source: SumSource, by: readonly ReportDimension[]): readonly SumRow[] {
  const names = techniqueMeasures.map((measure) => measure.name);
  return readParts(source, by, {
    holds: "savings",
    keys: ["technique"],
    rowKeys: ["s.value ->> '$[0]'"],
    rowJoin: "JOIN json_each(r.savings) AS s",
    ofRows: techniqueMeasures.map((measure) => `sum(${measure.sql}) AS ${measure.name}`),
    ofSpans: names.map((name) => `sum(${name}) AS ${name}`),
    names,
  });
}

/** How many requests fell into each `bucket` of latency, by group. For groupings by model, provider and day only. */
export function readBuckets(source: SumSource, by: readonly ReportDimension[]): readonly SumRow[] {
  return readParts(source, by, {
    holds: "latency",
    keys: ["bucket"],
    rowKeys: [latencyBucketSql],
    rowJoin: "",
    ofRows: ["count(*) AS requests"],
    ofSpans: ["sum(requests) AS requests"],
    names: ["requests"],
  });
}

/** An amount of a row, exact whatever its size. */
export function amountOf(row: SumRow, name: string): PicoUsd {
  return (row[`${name}_quotient`] as bigint) * amountSplit + (row[`${name}_remainder`] as bigint);
}

interface PartPlan {
  readonly holds: RollUp["holds"];
  /** Further columns that lines are told apart by, and the same over rows. */
  readonly keys: readonly string[];
  readonly rowKeys: readonly string[];
  readonly rowJoin: string;
  readonly ofRows: readonly string[];
  readonly ofSpans: readonly string[];
  readonly names: readonly string[];
}

function readParts(source: SumSource, by: readonly ReportDimension[], plan: PartPlan): readonly SumRow[] {
  const groups = [...by.map((_name, index) => `g${index}`), ...plan.keys];
  const groupBy = groups.length === 0 ? "" : `GROUP BY ${groups.join(", ")}`;
  const parts = [...spanParts(source, by, plan, groupBy), ...rowParts(source, by, plan, groupBy)];
  const sums = plan.names.map((name) => `sum(${name}) AS ${name}`);
  const sql = `SELECT ${[...groups, ...sums].join(", ")} FROM (${parts.map((part) => part.sql).join(" UNION ALL ")}) ${groupBy}`;
  return source.database.prepare(sql).all(...parts.flatMap((part) => part.parameters));
}

function spanParts(
  { coverage }: SumSource,
  by: readonly ReportDimension[],
  plan: PartPlan,
  groupBy: string,
): readonly Part[] {
  return coverage.rolled.map(({ level, days, fromMs, toMs }) => {
    const groups = by.map((name, index) => `${rolledDimensionSql(name, level)} AS g${index}`);
    // Latency is kept in one table for each kind of span.
    const holder = days === null ? "quarter" : "day";
    const table = rollUpTable(plan.holds === "latency" ? holder : level, plan.holds);
    const columns = [...groups, ...plan.keys, ...plan.ofSpans].join(", ");
    return {
      sql: `SELECT ${columns} FROM ${table} WHERE ${days === null ? "" : `days = ${days} AND`} start_ms >= ? AND start_ms < ? ${groupBy}`,
      parameters: [fromMs, toMs],
    };
  });
}

function rowParts(source: SumSource, by: readonly ReportDimension[], plan: PartPlan, groupBy: string): readonly Part[] {
  const groups = by.map((name, index) => `${dimensionSql(name)} AS g${index}`);
  const keys = plan.keys.map((name, index) => `${plan.rowKeys[index]} AS ${name}`);
  const tags = by.includes("tags") ? "LEFT JOIN json_each(r.tags) AS t" : "";
  const columns = [...groups, ...keys, ...plan.ofRows].join(", ");
  return rowConditions(source).map(({ sql, parameters }) => ({
    sql: `SELECT ${columns} FROM requests AS r ${tags} ${plan.rowJoin} WHERE ${sql} ${groupBy}`,
    parameters,
  }));
}

/** Which rows are read as rows: those at the edges, and those of rolled up spans that no roll-up holds yet. */
function rowConditions({ coverage, foldedBelowId }: SumSource): readonly Part[] {
  const all = coverage.rows.map(({ fromId, toId }) => rangeOf(fromId, toId));
  const unfolded = coverage.unfolded.flatMap(({ fromId, toId }) => [
    ...(toId > foldedBelowId ? [rangeOf(fromId > foldedBelowId ? fromId : foldedBelowId, toId)] : []),
    { sql: "r.id IN (SELECT id FROM late_rows WHERE id >= ? AND id < ?)", parameters: [fromId, toId] },
  ]);
  const conditions = [...all, ...unfolded];
  return conditions.length === 0 ? [rangeOf(0n, 0n)] : conditions;
}

function rangeOf(fromId: bigint, toId: bigint): Part {
  return { sql: "r.id >= ? AND r.id < ?", parameters: [fromId, toId] };
}
