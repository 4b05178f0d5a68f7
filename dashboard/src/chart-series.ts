import type { Overview, OverviewPoint } from "../../src/spec/admin-api.ts";
import { clockfaceOf, countOf } from "./figures.ts";
import { dollarsForPixels, formatSigned, formatUsd, parsePico } from "./money.ts";

/** One point of the chart in words, for the table beside it and for the reader that sees no canvas. */
export interface ChartRow {
  readonly startMs: number;
  readonly when: string;
  readonly requests: number;
  readonly costPico: bigint;
  readonly savedPico: bigint;
}

/** What the chart draws and says. */
export interface ChartSeries {
  readonly rows: readonly ChartRow[];
  /**
   * What uPlot draws, in this order: starts of the points (seconds since the epoch); tops of the bars, spent and saved together; spent;
   * what was lost where savings are negative, below the line. Dollars for pixels.
   */
  readonly columns: [number[], number[], number[], number[]];
  readonly summary: string;
}

const dayMs = 86_400_000;
/** Days of a zone are up to an hour shorter. */
const dayMsMin = dayMs - 3_600_000;

/** Points a chart holds at most; ten times what the page asks for. */
const pointsMax = 2000;

/** Prepares the points of an overview. */
export function toChartSeries(overview: Overview): ChartSeries {
  const face = clockfaceOf(overview.zone);
  // A day that was filled in may start an hour beside midnight where the clocks changed; its noon is on the right day.
  const isDay = overview.pointMs >= dayMsMin;
  const whenOf = (startMs: number): string => (isDay ? face.day(startMs + dayMs / 2) : face.minute(startMs));
  const rows = withEmptyPoints(overview).map(({ startMs, requests, costPicoUsd, savedPicoUsd }) => ({
    startMs,
    when: whenOf(startMs),
    requests,
    costPico: parsePico(costPicoUsd),
    savedPico: parsePico(savedPicoUsd),
  }));
  return {
    rows,
    columns: [
      rows.map(({ startMs }) => startMs / 1000),
      rows.map(({ costPico, savedPico }) => dollarsForPixels(costPico + (savedPico > 0n ? savedPico : 0n))),
      rows.map(({ costPico }) => dollarsForPixels(costPico)),
      rows.map(({ savedPico }) => dollarsForPixels(savedPico < 0n ? savedPico : 0n)),
    ],
    summary: summaryOf(overview, rows),
  };
}

/** The API leaves out points without requests; a chart needs them, so that every bar has the width of its span. */
function withEmptyPoints({ points, pointMs, fromMs, toMs }: Overview): readonly OverviewPoint[] {
  const first = points[0];
  if (first === undefined || (toMs - fromMs) / pointMs > pointsMax) return points;
  const filled: OverviewPoint[] = [];
  const fillUpTo = (endMs: number, nextMs: number): void => {
    for (let startMs = nextMs; startMs <= endMs - pointMs / 2; startMs += pointMs) {
      filled.push({ startMs, requests: 0, costPicoUsd: "0", savedPicoUsd: "0" });
    }
  };
  const before = Math.max(0, Math.ceil((first.startMs - fromMs) / pointMs));
  fillUpTo(first.startMs, first.startMs - before * pointMs);
  for (const [index, point] of points.entries()) {
    filled.push(point);
    // Behind the last one up to now, but not a span that has not begun.
    fillUpTo(points[index + 1]?.startMs ?? toMs - pointMs / 2, point.startMs + pointMs);
  }
  return filled;
}

/** `5 min`, `1 h`, `1 day`: how much time one point stands for. */
export function pointLength(pointMs: number): string {
  if (pointMs >= dayMsMin) return `${Math.round(pointMs / dayMs)} day${pointMs > 1.5 * dayMs ? "s" : ""}`;
  if (pointMs >= 3_600_000) return `${Number((pointMs / 3_600_000).toFixed(2))} h`;
  return `${Number((pointMs / 60_000).toFixed(2))} min`;
}

/** A row as one sentence. */
export function rowSentence({ when, requests, costPico, savedPico }: ChartRow): string {
  return `${when}: spent ${formatUsd(costPico)}, saved ${formatSigned(savedPico)}, ${countOf(requests, "request")}`;
}

function summaryOf(overview: Overview, rows: readonly ChartRow[]): string {
  const { requests, costPicoUsd, savedPicoUsd, pointMs } = overview;
  if (rows.length === 0 || requests === 0) return "No requests in this window.";
  const dearest = rows.reduce((most, row) => (row.costPico > most.costPico ? row : most));
  const totals = `spent ${formatUsd(parsePico(costPicoUsd))}, saved ${formatSigned(parsePico(savedPicoUsd))}`;
  const peak = `most in one point: ${formatUsd(dearest.costPico)} at ${dearest.when}`;
  return `${countOf(rows.length, "point")} of ${pointLength(pointMs)} each: ${totals}; ${peak}.`;
}
