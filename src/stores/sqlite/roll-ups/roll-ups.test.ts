import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RequestRecord } from "../../../spec/ledger.ts";
import type { Report } from "../../../spec/report.ts";
import { firstIdAt } from "../../../kit/request-id.ts";
import { sampleRecord } from "../../../testing/ledger-conformance.ts";
import { idAt } from "../id-window.ts";
import { openForWriting } from "../data-directory.ts";
import { createFold, type Fold } from "./fold-rows.ts";
import { readReportFrom } from "../reports/read-report.ts";
import { pruneRollUps, resetRollUps, takeZone } from "./reset-roll-ups.ts";
import { readRollUpState } from "./roll-up-state.ts";
import { rollUps } from "./schema-roll-ups.ts";
import { writeRows } from "../ledger/test-ledger-rows.ts";
import { drawnStory, openStage } from "./test-roll-ups.ts";

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 9, 23, 12);

let directory: string;
let database: DatabaseSync;
let fold: Fold;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-roll-ups-"));
  database = openForWriting(directory, "OFF");
  takeZone(database, "UTC");
  fold = createFold(database);
});
afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

const foldAll = (): void => {
  while (fold.next(2n ** 62n) > 0);
};

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

const requests = (window: Window, by: readonly string[] = [], zone = "UTC"): Report =>
  readReportFrom(database, { ...window, by, zone });

describe("roll-ups and tail", () => {
  // `npm run prove -- roll-ups` does the same ten thousand times.
  test("are the rows exactly: any rows, order, fold points, late rows, restarts, zones", { timeout: 60_000 }, () => {
    const stage = openStage();
    try {
      const property = fc.property(drawnStory, (story) => stage.play(story).wrong.length === 0);
      expect(fc.check(property, { numRuns: 100, seed: 5 })).toMatchObject({ failed: false, counterexample: null });
    } finally {
      stage.close();
    }
  });

  test("a row that waits as late is counted once when its day is made anew", () => {
    const at = (sequence: number): RequestRecord => ({ ...sampleRecord(0), id: firstIdAt(startMs) + BigInt(sequence) });
    const window = { fromMs: startMs - dayMs, toMs: startMs + dayMs };
    writeRows(database, [at(2)]);
    foldAll();
    writeRows(database, [at(1)], () => fold.foldedBelowId);
    expect(database.prepare("SELECT count(*) AS n FROM late_rows").get()).toEqual({ n: 1n });
    expect(readReportFrom(database, { ...window, by: [] }).total.requests).toBe(2);
    resetRollUps(database, "UTC");
    expect(database.prepare("SELECT count(*) AS n FROM late_rows").get()).toEqual({ n: 0n });
    fold = createFold(database);
    foldAll();
    const report = readReportFrom(database, { ...window, by: [] });
    expect(report).toMatchObject({ readFrom: "roll-ups", total: { requests: 2 } });
  });
});

/** Deletes rows as retention does. */
function deleteRowsBefore(ms: number): void {
  database.exec(`UPDATE retention SET before_id = ${idAt(ms)}; DELETE FROM requests WHERE id < ${idAt(ms)}`);
}

const contents = (): unknown => rollUps.map(({ table }) => database.prepare(`SELECT * FROM ${table}`).all());

describe("roll-ups without their rows", () => {
  const rows = Array.from({ length: 96 }, (_, index) => {
    const atMs = startMs + index * 3_600_000 + 60_000;
    return { ...sampleRecord(0), id: firstIdAt(atMs) + 1n };
  });
  test("answer by quarters of an hour, and by days where those are gone, and say what window that is", () => {
    writeRows(database, rows);
    foldAll();
    deleteRowsBefore(startMs + 3 * dayMs);
    const window = { fromMs: startMs + 30_000, toMs: startMs + 4 * dayMs };
    expect(requests(window)).toMatchObject({ fromMs: startMs, toMs: window.toMs, total: { requests: 96 } });
    // 30 s into its quarter of an hour.
    const inside = { fromMs: startMs + 3_630_000, toMs: startMs + 7_230_000 };
    expect(requests(inside)).toMatchObject({
      fromMs: startMs + 3_600_000,
      toMs: startMs + 8_100_000,
      total: { requests: 2 },
    });
    pruneRollUps(database, startMs + 3 * dayMs + 45 * dayMs);
    expect(requests(window)).toMatchObject({ fromMs: startMs - dayMs / 2, total: { requests: 96 } });
    expect(requests(inside)).toMatchObject({
      fromMs: startMs - dayMs / 2,
      toMs: startMs + dayMs / 2,
      total: { requests: 12 },
    });
    const sessions = requests(window, ["session"]);
    expect(sessions).toMatchObject({ readFrom: "rows", linesFromMs: startMs + 3 * dayMs, lines: [{ requests: 24 }] });
  });

  test("keep the days of the zone of then, and each row counts once, when the zone changes", () => {
    writeRows(database, rows);
    foldAll();
    deleteRowsBefore(startMs + dayMs);
    takeZone(database, "Asia/Kathmandu");
    fold = createFold(database);
    const window = { fromMs: startMs - dayMs, toMs: startMs + 5 * dayMs };
    expect(requests(window).total.requests).toBe(96);
    foldAll();
    expect(requests(window).total.requests).toBe(96);
    expect(readRollUpState(database).zones).toEqual([
      { fromMs: 0, zone: "UTC" },
      { fromMs: startMs + dayMs * 1.5, zone: "Asia/Kathmandu" },
    ]);
  });

  test("made anew from rows are what they were", () => {
    writeRows(database, rows);
    foldAll();
    const before = contents();
    resetRollUps(database, "UTC");
    fold = createFold(database);
    expect(contents()).not.toEqual(before);
    foldAll();
    expect(contents()).toEqual(before);
  });
});

describe("latency over many rows", () => {
  test(
    "comes from histograms, within 4.5 %, where they know the grouping, and is unknown elsewhere",
    { timeout: 30_000 },
    () => {
      const many = Array.from({ length: 20_100 }, (_, index) => ({
        ...sampleRecord(0, { durationUs: 1_000 + index * 100 }),
        id: firstIdAt(startMs + index * 1_000) + 1n,
      }));
      writeRows(database, many);
      foldAll();
      const window = { fromMs: startMs, toMs: startMs + dayMs };
      const { total, lines } = readReportFrom(database, { ...window, by: ["model"] });
      for (const line of [total, ...lines]) {
        expect(line.latency).toBe("approximate");
        expect(Math.abs((line.p50Us ?? 0) / 1_006_000 - 1)).toBeLessThan(0.045);
        expect(Math.abs((line.p99Us ?? 0) / 1_990_900 - 1)).toBeLessThan(0.045);
      }
      expect(readReportFrom(database, { ...window, by: ["feature"] }).lines[0]).toMatchObject({
        latency: "unknown",
        p50Us: null,
      });
      expect(readReportFrom(database, { ...window, by: ["session"] }).lines[0]).toMatchObject({
        latency: "exact",
        p50Us: 1_005_900,
      });
    },
  );
});
