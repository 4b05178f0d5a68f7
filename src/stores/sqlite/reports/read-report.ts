import type { DatabaseSync } from "node:sqlite";
import type { Report, ReportDimension, ReportLine, ReportShare } from "../../../spec/report.ts";
import { FarthingError } from "../../../kit/farthing-error.ts";
import { isTimeZone } from "../../../kit/zoned-time.ts";
import { coverWindow, type Coverage } from "../roll-ups/coverage.ts";
import { idAt } from "../id-window.ts";
import { openForReading } from "../data-directory.ts";
import { readLongSpans } from "../roll-ups/long-spans.ts";
import { readLatency } from "./read-latency.ts";
import { setSpans, type SumSource } from "./read-sums.ts";
import { readDimensions } from "../roll-ups/report-dimensions.ts";
import { type LineSums, readCosts, readLines, withLatency } from "./report-lines.ts";
import { readRollUpState } from "../roll-ups/roll-up-state.ts";

/** What a report is asked for. */
export interface ReadReportOptions {
  readonly directory: string;
  /** Arrivals from this moment, milliseconds since the epoch, ... */
  readonly fromMs: number;
  /** ... up to but without this one. */
  readonly toMs: number;
  /** Names of dimensions; none: the total alone. */
  readonly by: readonly string[];
  /** Zone of the days of a grouping by `day`. Default UTC. */
  readonly zone?: string;
  /** Groups shown at most. Default 1,000. */
  readonly linesMax?: number;
}

const linesMaxDefault = 1_000;
/** Dimensions a report can be grouped by at once. */
const dimensionsMax = 6;
/** "One or two features make most of the cost": the share that the list of features explains, as a fraction. */
const explained = { numerator: 4n, denominator: 5n };

/**
 * Reads a report from the ledger's file, as of one moment, whether the gateway runs or not. Sums are exact. Synchronous: some
 * 10 ms where the roll-ups know the grouping, else about 5 us a row of the window, 12 us with a grouping, so not for the
 * gateway's own thread.
 * @throws FarthingError `not_found` without a ledger, `invalid_request` for an unknown dimension or zone, or an empty window.
 */
export function readReport(options: ReadReportOptions): Report {
  const database = openForReading(options.directory);
  try {
    return readReportFrom(database, options);
  } finally {
    database.close();
  }
}

/** {@link readReport} over a connection that is open already. */
export function readReportFrom(database: DatabaseSync, options: Omit<ReadReportOptions, "directory">): Report {
  const by = readDimensions(options.by);
  if (by.length > dimensionsMax) {
    throw new FarthingError("invalid_request", `A report takes at most ${dimensionsMax} dimensions.`, { field: "by" });
  }
  if (!(options.fromMs < options.toMs)) {
    throw new FarthingError("invalid_request", "A report's window must end after it begins.", { field: "from" });
  }
  const zone = options.zone ?? "UTC";
  if (!isTimeZone(zone)) {
    const message = `There is no time zone "${zone}". Names are those of the time zone database, such as UTC or Europe/Berlin.`;
    throw new FarthingError("invalid_request", message, { field: "zone" });
  }
  setSpans(database, "day", zone);
  database.exec("BEGIN");
  try {
    return assembleReport(database, options, by, zone);
  } finally {
    database.exec("ROLLBACK");
  }
}

function assembleReport(
  database: DatabaseSync,
  options: Omit<ReadReportOptions, "directory">,
  by: readonly ReportDimension[],
  zone: string,
): Report {
  const state = readRollUpState(database);
  const { foldedBelowId, rowsFromMs } = state;
  const longSpans = readLongSpans(database, options.fromMs, options.toMs);
  const sourceOf = (dimensions: readonly ReportDimension[]): SumSource => ({
    database,
    coverage: coverWindow(state, options, dimensions, zone, longSpans),
    foldedBelowId,
  });
  const totals = sourceOf([]);
  const sums = readLines(totals, [], zone)[0] as LineSums;
  const total = withLatency(sums, readLatency(totals, [], sums.requests, rowsFromMs));
  const source = sourceOf(by);
  const lines = by.length === 0 ? [] : readLines(source, by, zone);
  const linesMax = options.linesMax ?? linesMaxDefault;
  const latencies = by.length === 0 ? new Map() : readLatency(source, by, total.requests, rowsFromMs);
  const { fromMs, toMs } = totals.coverage;
  return {
    fromMs,
    toMs,
    linesFromMs: source.coverage.fromMs,
    zone,
    by,
    readFrom: readFromOf(source.coverage),
    total,
    lines: lines.slice(0, linesMax).map((line) => withLatency(line, latencies)),
    linesLeftOut: Math.max(0, lines.length - linesMax),
    models: readCosts(sourceOf(["model"]), "model").map((line) => shareOf(line, total)),
    costliestFeatures: costliest(
      readCosts(sourceOf(["feature"]), "feature").map((line) => shareOf(line, total)),
      total,
    ),
    ...readGaps(database, { fromMs, toMs }),
  };
}

function readFromOf(coverage: Coverage): Report["readFrom"] {
  return coverage.rolled.length === 0 ? "rows" : "roll-ups";
}

function shareOf(line: Pick<ReportShare, "name" | "requests" | "costPicoUsd">, total: ReportLine): ReportShare {
  return {
    ...line,
    requestShare: total.requests === 0 ? 0 : line.requests / total.requests,
    costShare: fraction(line.costPicoUsd, total.costPicoUsd),
  };
}

/** Parts of a million are exact enough for a share. */
function fraction(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 1_000_000n) / whole) / 1_000_000;
}

function costliest(features: readonly ReportShare[], total: ReportLine): readonly ReportShare[] {
  let cost = 0n;
  const end = features.findIndex((share) => {
    const done = share.costPicoUsd <= 0n || cost * explained.denominator >= total.costPicoUsd * explained.numerator;
    cost += share.costPicoUsd;
    return done;
  });
  return end < 0 ? features : features.slice(0, end);
}

/** What the sums do not hold, or held too late. */
export function readGaps(
  database: DatabaseSync,
  window: { readonly fromMs: number; readonly toMs: number },
): Pick<Report, "rowsSpooled" | "rowsDropped" | "rowsParked"> {
  const corrections = database
    .prepare(
      `SELECT count(CASE WHEN kind = 'spooled' THEN 1 END) AS spooled,
              coalesce(sum(CASE WHEN kind = 'dropped' THEN detail ->> '$.rows' END), 0) AS dropped
       FROM corrections WHERE request_id >= ? AND request_id < ?`,
    )
    .get(idAt(window.fromMs), idAt(window.toMs));
  const parked = database
    .prepare("SELECT count(*) AS parked FROM parked_rows WHERE at_ms >= ? AND at_ms < ?")
    .get(window.fromMs, window.toMs);
  return {
    rowsSpooled: Number(corrections?.["spooled"]),
    rowsDropped: Number(corrections?.["dropped"]),
    rowsParked: Number(parked?.["parked"]),
  };
}
