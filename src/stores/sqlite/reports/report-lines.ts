import { type TokenClass, tokenClasses } from "../../../spec/usage.ts";
import type { PicoUsd } from "../../../spec/money.ts";
import type { ReportDimension, ReportLine } from "../../../spec/report.ts";
import { zonedDay } from "../../../kit/zoned-time.ts";
import { groupKey, type Latency } from "./read-latency.ts";
import { amountOf, readSums, readTechniques, type SumRow, type SumSource } from "./read-sums.ts";
import { allMeasures, costMeasures, requestMeasures, tokenColumn } from "../roll-ups/row-measures.ts";

/** A line without its latency. */
export type LineSums = Omit<ReportLine, "p50Us" | "p99Us" | "latency"> & { readonly key: string };

/** Amounts by technique. */
interface TechniqueSums {
  readonly savedPicoUsd: Record<string, PicoUsd>;
  readonly aloneOffPicoUsd: Record<string, PicoUsd>;
}

/** All groups of a window, dearest first. `zone` names the days. */
export function readLines(source: SumSource, by: readonly ReportDimension[], zone: string): readonly LineSums[] {
  const techniques = new Map<string, TechniqueSums>();
  for (const row of readTechniques(source, by)) {
    const sums = techniques.get(groupKey(row, by)) ?? { savedPicoUsd: {}, aloneOffPicoUsd: {} };
    sums.savedPicoUsd[String(row["technique"])] = amountOf(row, "saved");
    sums.aloneOffPicoUsd[String(row["technique"])] = amountOf(row, "alone_off");
    techniques.set(groupKey(row, by), sums);
  }
  return readSums(source, by, allMeasures)
    .map((row) => lineOf(row, by, zone, techniques.get(groupKey(row, by)) ?? { savedPicoUsd: {}, aloneOffPicoUsd: {} }))
    .toSorted(dearestFirst);
}

/** The line with its latency; nulls where none is known. A line without requests has zeros. */
export function withLatency({ key, ...sums }: LineSums, latencies: ReadonlyMap<string, Latency>): ReportLine {
  if (sums.requests === 0) return { ...sums, p50Us: 0, p99Us: 0, latency: "exact" };
  const latency = latencies.get(key);
  if (latency === undefined) return { ...sums, p50Us: null, p99Us: null, latency: "unknown" };
  return { ...sums, p50Us: latency.p50Us, p99Us: latency.p99Us, latency: latency.exact ? "exact" : "approximate" };
}

/** Requests and cost of each value of one dimension, dearest first. */
export function readCosts(
  source: SumSource,
  dimension: ReportDimension,
): readonly { readonly name: string; readonly requests: number; readonly costPicoUsd: PicoUsd }[] {
  return readSums(source, [dimension], [...requestMeasures, ...costMeasures])
    .map((row) => ({
      name: String(row["g0"]),
      requests: Number(row["requests"]),
      costPicoUsd: amountOf(row, "cost"),
    }))
    .toSorted(dearestFirst);
}

/** An order of lines: by cost, falling; equal ones as they stand. */
export function dearestFirst(one: { costPicoUsd: PicoUsd }, other: { costPicoUsd: PicoUsd }): number {
  return Number(other.costPicoUsd > one.costPicoUsd) - Number(other.costPicoUsd < one.costPicoUsd);
}

function lineOf(
  row: SumRow,
  by: readonly ReportDimension[],
  zone: string,
  { savedPicoUsd, aloneOffPicoUsd }: TechniqueSums,
): LineSums {
  const count = (name: string): number => Number(row[name]);
  const value = (name: ReportDimension, index: number): string =>
    name === "day" ? zonedDay(Number(row[`g${index}`]), zone) : String(row[`g${index}`]);
  const costPicoUsd = amountOf(row, "cost");
  const costed = row["costed"] as bigint;
  return {
    key: groupKey(row, by),
    group: Object.fromEntries(by.map((name, index) => [name, value(name, index)])),
    requests: count("requests"),
    costPicoUsd,
    comparedCostPicoUsd: amountOf(row, "compared"),
    baselinePicoUsd: amountOf(row, "baseline"),
    savedPicoUsd,
    aloneOffPicoUsd,
    meanCostPicoUsd: costed === 0n ? null : costPicoUsd / costed,
    unpriced: count("unpriced"),
    estimated: count("estimated"),
    cacheHits: count("hits"),
    cacheLookups: count("lookups"),
    hitRate: count("lookups") === 0 ? null : count("hits") / count("lookups"),
    errors: count("errors"),
    aborted: count("aborted"),
    tokens: tokensOf(row),
  };
}

function tokensOf(row: SumRow): Readonly<Partial<Record<TokenClass, number>>> {
  const counts = tokenClasses.map((tokenClass) => [tokenClass, Number(row[tokenColumn(tokenClass)])] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}
