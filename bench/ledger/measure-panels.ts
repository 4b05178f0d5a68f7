import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { startOfUnit } from "../../src/kit/zoned-time.ts";
import type { ReportDimension } from "../../src/spec/report.ts";
import { coverWindow } from "../../src/stores/sqlite/roll-ups/coverage.ts";
import { idAt } from "../../src/stores/sqlite/id-window.ts";
import { openForReading, openForWriting } from "../../src/stores/sqlite/data-directory.ts";
import { createFold, sliceRowsAlone } from "../../src/stores/sqlite/roll-ups/fold-rows.ts";
import { readLongSpans } from "../../src/stores/sqlite/roll-ups/long-spans.ts";
import { readOverview } from "../../src/stores/sqlite/reports/read-overview.ts";
import { readReportFrom } from "../../src/stores/sqlite/reports/read-report.ts";
import { readSums, readTechniques, setSpans, type SumSource } from "../../src/stores/sqlite/reports/read-sums.ts";
import { pruneRollUps, takeZone } from "../../src/stores/sqlite/roll-ups/reset-roll-ups.ts";
import { readRollUpState } from "../../src/stores/sqlite/roll-ups/roll-up-state.ts";
import { costMeasures, requestMeasures, savingMeasures } from "../../src/stores/sqlite/roll-ups/row-measures.ts";
import { median, quantile, type Result, spread } from "../measurement.ts";
import { fillLedger } from "./sample-rows.ts";

const dayMs = 86_400_000;
const quarterMs = 900_000;
const endMs = Math.floor(Date.UTC(2026, 10, 20, 15, 20) / 1_000) * 1_000;
const zone = "Europe/Berlin";
/** Rows that no fold has taken yet: as many as there are under steady load. */
const tailRows = 8_000;
const panelMeasures = [...requestMeasures, ...costMeasures, ...savingMeasures];
interface Panel {
  readonly panel: string;
  readonly by: readonly ReportDimension[];
}

const panels: readonly Panel[] = [
  { panel: "total", by: [] },
  { panel: "by technique", by: [] },
  { panel: "by day", by: ["day"] },
  { panel: "by feature", by: ["feature"] },
  { panel: "by model", by: ["model"] },
  { panel: "by team, key", by: ["team", "key"] },
  { panel: "by status", by: ["status"] },
  { panel: "by user", by: ["user"] },
];
const windows = [1, 7, 30, 90];

/** Panels over a ledger of `rows` requests in 90 days, rolled up but for the newest. */
export function measurePanels(rows: number, repetitions: number, say: (text: string) => void): readonly Result[] {
  const directory = mkdtempSync(join(tmpdir(), "farthing-bench-"));
  try {
    const foldUs = prepare(directory, rows, say);
    say("reading panels ...");
    const database = openForReading(directory);
    const results = [
      { name: "bulk-fold-cpu", labels: {}, value: foldUs, unit: "us/row", n: rows, interval: null, bar: null },
      ...panelResults(database, repetitions),
      ...wholeResults(database, repetitions),
    ];
    database.close();
    return results;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** @returns microseconds of CPU time that folding took a row. */
function prepare(directory: string, rows: number, say: (text: string) => void): number {
  const database = openForWriting(directory, "OFF");
  say(`writing ${rows} rows ...`);
  fillLedger(database, rows, endMs);
  say("folding them ...");
  takeZone(database, zone);
  pruneRollUps(database, Math.floor(endMs / quarterMs) * quarterMs);
  const fold = createFold(database, sliceRowsAlone);
  const tailMs = (shapeMs / rows) * tailRows;
  const cpuBefore = process.cpuUsage();
  while (fold.next(idAt(endMs - tailMs)) > 0);
  while (fold.lengthen());
  const { user, system } = process.cpuUsage(cpuBefore);
  const foldUs = (user + system) / rows;
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  return foldUs;
}

const shapeMs = 90 * dayMs;

function panelResults(database: DatabaseSync, repetitions: number): readonly Result[] {
  setSpans(database, "day", zone);
  const all: number[] = [];
  const results = windows.flatMap((days) =>
    panels.map((panel): Result => {
      const timings = timed(repetitions, () => readPanel(database, panel, days));
      all.push(...timings);
      return {
        name: "panel",
        labels: { panel: panel.panel, window: `${days} d` },
        value: median(timings),
        unit: "ms",
        n: timings.length,
        interval: spread(timings),
        bar: null,
      };
    }),
  );
  const bar = { op: "<=", value: 150 } as const;
  const p95 = quantile(all, 0.95);
  return [
    ...results,
    { name: "panel-p95", labels: {}, value: p95, unit: "ms", n: all.length, interval: spread(all), bar },
  ];
}

/** One panel of a page. Statuses and users are kept by day: theirs begin with one, as that of the first screen does. */
function readPanel(database: DatabaseSync, { panel, by }: Panel, days: number): void {
  const state = readRollUpState(database);
  const firstMs = endMs - days * dayMs;
  const daily = by.includes("user") || by.includes("status");
  const fromMs = daily ? startOfUnit(firstMs, "day", zone) : Math.floor(firstMs / quarterMs) * quarterMs;
  const coverage = coverWindow(state, { fromMs, toMs: endMs }, by, zone, readLongSpans(database, fromMs, endMs));
  const source: SumSource = { database, coverage, foldedBelowId: state.foldedBelowId };
  if (panel === "by technique") readTechniques(source, by);
  else readSums(source, by, panelMeasures);
}

/** Whole answers, of several panels each: for what they are, without a bar. */
function wholeResults(database: DatabaseSync, repetitions: number): readonly Result[] {
  return windows.flatMap((days) => {
    const fromMs = endMs - days * dayMs;
    const overview = timed(repetitions, () => readOverview(database, { fromMs, toMs: endMs, zone }));
    const report = timed(repetitions, () =>
      readReportFrom(database, { fromMs, toMs: endMs, zone, by: ["feature", "model"] }),
    );
    const result = (name: string, timings: readonly number[]): Result => ({
      name,
      labels: { window: `${days} d` },
      value: median(timings),
      unit: "ms",
      n: timings.length,
      interval: spread(timings),
      bar: null,
    });
    return [result("overview", overview), result("report by feature, model", report)];
  });
}

function timed(repetitions: number, run: () => void): readonly number[] {
  return Array.from({ length: repetitions }, () => {
    const startedMs = performance.now();
    run();
    return performance.now() - startedMs;
  });
}
