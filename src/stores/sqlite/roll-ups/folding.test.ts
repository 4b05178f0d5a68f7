import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { arrivalOf } from "../../../kit/request-id.ts";
import { sampleId, sampleRecord } from "../../../testing/ledger-conformance.ts";
import { ledgerFile, openForWriting } from "../data-directory.ts";
import { type Folding, startFolding } from "./folding.ts";
import type { WrittenRow } from "./measure-row.ts";
import { writeRows } from "../ledger/test-ledger-rows.ts";

let directory: string;
let database: DatabaseSync;
let folding: Folding;
let errors: string[];
let nowMs: number;

beforeEach(() => {
  vi.useFakeTimers();
  directory = mkdtempSync(join(tmpdir(), "farthing-folding-"));
  database = openForWriting(directory, "FULL");
  errors = [];
  nowMs = arrivalOf(sampleId(0));
  folding = startFolding(database, {
    zone: "UTC",
    nowMs: () => nowMs,
    onError: (error) => errors.push(String(error)),
  });
});
afterEach(() => {
  folding.stop();
  database.close();
  rmSync(directory, { recursive: true });
  vi.useRealTimers();
});

/** Writes rows `from` to `to`, a millisecond apart. */
function write(from: number, to: number): void {
  const records = Array.from({ length: to - from }, (_, index) => sampleRecord(from + index));
  writeRecords(records);
}

function take(rows: readonly WrittenRow[] | null): void {
  folding.written(rows?.length ?? 0, rows);
}

function writeRecords(records: readonly RequestRecord[]): void {
  writeRows(database, records, () => folding.foldedBelowId, { take });
}

const folded = (): number =>
  Number(database.prepare("SELECT sum(requests) AS n FROM day_sums WHERE days = 1").get()?.["n"] ?? 0);
const late = (): number => Number(database.prepare("SELECT count(*) AS n FROM late_rows").get()?.["n"]);

test("rests half a minute behind the clock; a row that ends up behind it is listed, and folded next", () => {
  write(0, 100);
  nowMs += 30_050;
  vi.advanceTimersByTime(1_100);
  expect(folded()).toBe(50);
  // A request that arrived with the 21st and took long.
  writeRecords([{ ...sampleRecord(20), id: sampleId(20) + 1n }]);
  expect([folded(), late()]).toEqual([50, 1]);
  nowMs += 60_000;
  vi.advanceTimersByTime(1_100);
  expect([folded(), late()]).toEqual([101, 0]);
});

test("follows to two seconds when many rows wait, a cell at a time; few wait for the end of their quarter of an hour", () => {
  write(0, 11_000);
  nowMs += 12_000;
  vi.advanceTimersByTime(1_001);
  // The first batch is read: from there on the rows are known.
  expect(folded()).toBe(512);
  vi.advanceTimersByTime(900);
  // Until no more than many are left, which is what readers can add up.
  expect(folded()).toBe(8_512);
  nowMs += 60_000;
  vi.advanceTimersByTime(1_200);
  expect(folded()).toBe(8_512);
  nowMs += 900_000;
  vi.advanceTimersByTime(1_200);
  expect(folded()).toBe(11_000);
});

test("syncs rows as before: what a fold wrote waits for the next batch alone", () => {
  write(0, 100);
  nowMs += 60_000;
  vi.advanceTimersByTime(1_100);
  expect(folded()).toBe(100);
  expect(database.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2n });
});

test("says once that it cannot fold, and goes on when it can", () => {
  write(0, 100);
  vi.advanceTimersByTime(1_100);
  const blocker = new DatabaseSync(ledgerFile(directory));
  blocker.exec("BEGIN IMMEDIATE");
  nowMs += 60_000;
  vi.advanceTimersByTime(3_100);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/locked/);
  expect(folded()).toBe(0);
  blocker.close();
  vi.advanceTimersByTime(1_100);
  expect(folded()).toBe(100);
});
