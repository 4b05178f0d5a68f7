import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { sampleRecord } from "../../../testing/ledger-conformance.ts";
import { idAt } from "../id-window.ts";
import { openForWriting } from "../data-directory.ts";
import { createFold } from "./fold-rows.ts";
import { resetRollUps, takeZone } from "./reset-roll-ups.ts";
import { rollUps } from "./schema-roll-ups.ts";
import { writeRows } from "../ledger/test-ledger-rows.ts";
import { drawnRecord, recordOf, storyLengthMs, storyStartMs } from "./test-roll-up-rows.ts";

const beyondAll = 2n ** 62n;

function withLedger<T>(zone: string, run: (database: DatabaseSync) => T): T {
  const directory = mkdtempSync(join(tmpdir(), "farthing-fold-"));
  const database = openForWriting(directory, "OFF");
  try {
    takeZone(database, zone);
    return run(database);
  } finally {
    database.close();
    rmSync(directory, { recursive: true });
  }
}

const contents = (database: DatabaseSync): unknown =>
  rollUps.map(({ table }) => database.prepare(`SELECT * FROM ${table}`).all());

const lateRows = (database: DatabaseSync): number =>
  Number(database.prepare("SELECT count(*) AS n FROM late_rows").get()?.["n"]);

const drawnTurn = fc.record({
  records: fc.array(drawnRecord, { maxLength: 30 }),
  foldBeforeMs: fc.option(fc.integer({ min: 0, max: storyLengthMs + 900_000 })),
  doubt: fc.nat({ max: 5 }).map((drawn) => drawn === 0),
  restart: fc.nat({ max: 5 }).map((drawn) => drawn === 0),
});
const drawnZone = fc.constantFrom("UTC", "Asia/Kathmandu", "Europe/Berlin", "Pacific/Auckland");

test("rows that were handed over and rows that are read again give the same tables, wherever folds, doubts and restarts fall", () => {
  const property = fc.property(fc.array(drawnTurn, { maxLength: 8 }), drawnZone, (turns, zone) =>
    withLedger(zone, (database) => {
      let fold = createFold(database);
      let written = 0;
      for (const { records, foldBeforeMs, doubt, restart } of turns) {
        const rows = records.map((drawn, index) => recordOf(drawn, written + index));
        written += rows.length;
        writeRows(database, rows, () => fold.foldedBelowId, fold);
        if (doubt) fold.take(null);
        if (foldBeforeMs !== null) while (fold.next(idAt(storyStartMs + foldBeforeMs)) > 0);
        if (restart) fold = createFold(database);
      }
      while (fold.next(beyondAll) > 0);
      const handedOver = contents(database);
      expect(lateRows(database)).toBe(0);
      resetRollUps(database, zone);
      const reading = createFold(database);
      while (reading.next(beyondAll) > 0);
      expect(contents(database)).toEqual(handedOver);
    }),
  );
  fc.assert(property, { numRuns: 40, seed: 11 });
});

function rowAt(index: number, back: number): RequestRecord {
  const record = sampleRecord(index);
  return { ...record, id: record.id - BigInt(back) };
}

test("more rows than there is room for are read again", { timeout: 60_000 }, () => {
  withLedger("UTC", (database) => {
    const fold = createFold(database);
    writeRows(database, [rowAt(0, 0)], () => fold.foldedBelowId, fold);
    // The cell closes at 8,000 rows; more of them come to it late than it takes.
    const first = Array.from({ length: 8_000 }, (_, index) => rowAt(index + 1, 0));
    const slow = Array.from({ length: 8_100 }, (_, index) => rowAt(index + 1, 7));
    writeRows(database, [...first, ...slow], () => fold.foldedBelowId, fold);
    writeRows(database, [rowAt(9_000, 0), rowAt(9_001, 0)], () => fold.foldedBelowId, fold);
    let rows = 0;
    for (let folded = fold.next(beyondAll); folded > 0; folded = fold.next(beyondAll)) rows += folded;
    expect(rows).toBe(16_103);
    expect(database.prepare("SELECT requests AS n FROM day_total_sums").all()).toEqual([{ n: 16_103n }]);
  });
});
