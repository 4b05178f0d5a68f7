import { describe, expect, it } from "vitest";
import type { Overview, OverviewPoint } from "../../src/spec/admin-api.ts";
import { pointLength, rowSentence, toChartSeries } from "./chart-series.ts";
import { emptyOverview } from "./overview.fixture.ts";

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 10, 21, 0);

function point(atMs: number, costPicoUsd: string, savedPicoUsd = "0"): OverviewPoint {
  return { startMs: atMs, requests: 2, costPicoUsd, savedPicoUsd };
}

function overview(changes: Partial<Overview>): Overview {
  return { ...emptyOverview, fromMs: startMs, toMs: startMs + 6 * hourMs, pointMs: hourMs, requests: 4, ...changes };
}

describe("the chart", () => {
  it("stacks what was saved on what was spent, and hangs losses below", () => {
    const points = [
      point(startMs, "1000000000000", "500000000000"),
      point(startMs + hourMs, "2000000000000", "-250000000000"),
    ];
    const { columns } = toChartSeries(overview({ points, toMs: startMs + 2 * hourMs }));
    expect(columns).toEqual([
      [startMs / 1000, startMs / 1000 + 3600],
      [1.5, 2],
      [1, 2],
      [0, -0.25],
    ]);
  });

  it("fills in the points without requests, to the edges of the window and not beyond", () => {
    const points = [point(startMs + 2 * hourMs, "1"), point(startMs + 4 * hourMs, "1")];
    const { rows } = toChartSeries(overview({ points }));
    expect(rows.map((row) => (row.startMs - startMs) / hourMs)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(rows.map((row) => row.requests)).toEqual([0, 0, 2, 0, 2, 0]);
  });

  it("names each day once where the clocks change, in the zone of the page", () => {
    // Berlin went back an hour on 25 October 2026: midnights are 25 hours apart.
    const midnight = Date.UTC(2026, 9, 23, 22);
    const points = [point(midnight, "1"), point(midnight + (24 + 24 + 25) * hourMs, "1")];
    const changes = {
      points,
      fromMs: midnight,
      toMs: midnight + 97 * hourMs,
      pointMs: 24 * hourMs,
      zone: "Europe/Berlin",
    };
    expect(toChartSeries(overview(changes)).rows.map((row) => row.when)).toEqual([
      "Sat 24 Oct",
      "Sun 25 Oct",
      "Mon 26 Oct",
      "Tue 27 Oct",
    ]);
  });

  it("is told in words", () => {
    const points = [point(startMs, "1000000000000", "500000000000")];
    const series = toChartSeries(
      overview({ points, toMs: startMs + hourMs, costPicoUsd: "1000000000000", savedPicoUsd: "500000000000" }),
    );
    expect(series.summary).toBe(
      "1 point of 1 h each: spent $1.00, saved +$0.5000; most in one point: $1.00 at 21 Nov, 00:00.",
    );
    const [row] = series.rows;
    expect(row === undefined ? "" : rowSentence(row)).toBe("21 Nov, 00:00: spent $1.00, saved +$0.5000, 2 requests");
    expect(toChartSeries(overview({ requests: 0 })).summary).toBe("No requests in this window.");
  });

  it("names the span of a point", () => {
    expect([300_000, 900_000, hourMs, 6 * hourMs, 23 * hourMs, 24 * hourMs, 7 * 24 * hourMs].map(pointLength)).toEqual([
      "5 min",
      "15 min",
      "1 h",
      "6 h",
      "1 day",
      "1 day",
      "7 days",
    ]);
  });
});
