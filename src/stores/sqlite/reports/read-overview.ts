import type { DatabaseSync } from "node:sqlite";
import type { Overview, OverviewLine, OverviewPoint } from "../../../spec/admin-api.ts";
import type { CalendarUnit } from "../../../spec/calendar.ts";
import type { ReportDimension } from "../../../spec/report.ts";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { isTimeZone } from "../../../kit/zoned-time.ts";
import { coverWindow } from "../roll-ups/coverage.ts";
import { readLongSpans } from "../roll-ups/long-spans.ts";
import { readGaps } from "./read-report.ts";
import { amountOf, readSums, readTechniques, setSpans, type SumRow, type SumSource } from "./read-sums.ts";
import { quarterMs } from "../roll-ups/report-dimensions.ts";
import { countMeasures, costMeasures, requestMeasures, savingMeasures } from "../roll-ups/row-measures.ts";
import { dayStartOf, readRollUpState, type RollUpState } from "../roll-ups/roll-up-state.ts";

/** What the first screen asks for. */
export interface OverviewOptions {
  /** Taken from the start of its quarter of an hour, so that no edge is left to be read row by row. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Zone of hours and days. */
  readonly zone: string;
}

const linesMax = 10;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** Up to so many requests the users' lines are read from rows. */
const userRowsMax = 20_000;
const lineMeasures = [...requestMeasures, ...costMeasures, ...savingMeasures];

/** Reads everything the first screen shows, as of one moment. @throws FarthingError `invalid_request` for an empty window or an unknown zone. */
export function readOverview(database: DatabaseSync, options: OverviewOptions): Overview {
  const fromMs = Math.floor(options.fromMs / quarterMs) * quarterMs;
  if (!(options.fromMs < options.toMs)) {
    throw new FarthingError("invalid_request", "The window must end after it begins.", { field: "from" });
  }
  if (!isTimeZone(options.zone)) {
    throw new FarthingError("invalid_request", `There is no time zone "${options.zone}".`, { field: "zone" });
  }
  database.exec("BEGIN");
  try {
    return assembleOverview(database, { ...options, fromMs });
  } finally {
    database.exec("ROLLBACK");
  }
}

function assembleOverview(database: DatabaseSync, { fromMs, toMs, zone }: OverviewOptions): Overview {
  const state = readRollUpState(database);
  const longSpans = readLongSpans(database, 0, toMs);
  const sourceFrom = (startMs: number, ...by: readonly ReportDimension[]): SumSource => ({
    database,
    coverage: coverWindow(state, { fromMs: startMs, toMs }, by, zone, longSpans),
    foldedBelowId: state.foldedBelowId,
  });
  const source = sourceFrom(fromMs);
  const total = readSums(source, [], [...lineMeasures, ...countMeasures])[0] as SumRow;
  const requests = Number(total["requests"]);
  const weekStartMs = Math.floor((toMs - weekMs) / quarterMs) * quarterMs;
  const week = readSums(sourceFrom(weekStartMs), [], savingMeasures)[0] as SumRow;
  const byUserFromMs = requests <= userRowsMax ? fromMs : Math.min(fromMs, dayStartOf(state.zones, fromMs));
  const { unit, lengthMs } = pointOf(toMs - fromMs);
  setSpans(database, unit, zone);
  const linesOf = (name: ReportDimension, startMs: number): readonly OverviewLine[] =>
    dearestLines(readSums(sourceFrom(startMs, name), [name], [...lineMeasures, ...countMeasures]));
  return {
    fromMs,
    toMs,
    zone,
    requests,
    costPicoUsd: amountOf(total, "cost").toString(),
    baselinePicoUsd: amountOf(total, "baseline").toString(),
    savedByTechnique: techniquesOf(readTechniques(source, [])),
    savedPicoUsd: savedOf(total).toString(),
    unpriced: Number(total["unpriced"]),
    estimated: Number(total["estimated"]),
    cacheHits: Number(total["hits"]),
    cacheLookups: Number(total["lookups"]),
    errors: Number(total["errors"]),
    points: readSums(pointSource(source, state, { fromMs, toMs, zone }, unit), ["day"], lineMeasures)
      .map(pointLine)
      .toSorted((one, other) => one.startMs - other.startMs),
    pointMs: lengthMs,
    byFeature: linesOf("feature", fromMs),
    byModel: linesOf("model", fromMs),
    byUser: linesOf("user", byUserFromMs),
    byUserFromMs,
    savedThisWeekPicoUsd: savedOf(week).toString(),
    ...readGaps(database, { fromMs, toMs }),
  };
}

/** Some 100 points: quarters of an hour up to two days, hours up to a week, days beyond. */
function pointOf(lengthMs: number): { readonly unit: CalendarUnit | "quarter"; readonly lengthMs: number } {
  if (lengthMs <= 2 * dayMs + quarterMs) return { unit: "quarter", lengthMs: quarterMs };
  if (lengthMs <= weekMs + quarterMs) return { unit: "hour", lengthMs: hourMs };
  return { unit: "day", lengthMs: dayMs };
}

/** Points shorter than a day are not in the daily sums: they come from the quarters of an hour. */
function pointSource(
  source: SumSource,
  state: RollUpState,
  { fromMs, toMs, zone }: OverviewOptions,
  unit: CalendarUnit | "quarter",
): SumSource {
  // No zone of that name: no daily sums fit.
  const coverage = coverWindow(state, { fromMs, toMs }, ["day"], unit === "day" ? zone : "");
  return { ...source, coverage };
}

function savedOf(row: SumRow): bigint {
  return amountOf(row, "baseline") - amountOf(row, "compared");
}

function pointLine(row: SumRow): OverviewPoint {
  return {
    startMs: Number(row["g0"]),
    requests: Number(row["requests"]),
    costPicoUsd: amountOf(row, "cost").toString(),
    savedPicoUsd: savedOf(row).toString(),
  };
}

function dearestLines(rows: readonly SumRow[]): readonly OverviewLine[] {
  return rows
    .map((row) => ({ row, cost: amountOf(row, "cost") }))
    .toSorted((one, other) => Number(other.cost > one.cost) - Number(other.cost < one.cost))
    .slice(0, linesMax)
    .map(({ row, cost }) => ({
      name: String(row["g0"]),
      requests: Number(row["requests"]),
      costPicoUsd: cost.toString(),
      savedPicoUsd: savedOf(row).toString(),
      unpriced: Number(row["unpriced"]),
    }));
}

function techniquesOf(rows: readonly SumRow[]): Overview["savedByTechnique"] {
  return rows
    .map((row) => ({ technique: String(row["technique"]), picoUsd: amountOf(row, "saved") }))
    .toSorted((one, other) => Number(other.picoUsd > one.picoUsd) - Number(other.picoUsd < one.picoUsd))
    .map(({ technique, picoUsd }) => ({ technique, picoUsd: picoUsd.toString() }));
}
