import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { createSeededRandom } from "../../../testing/seeded-random.ts";
import { openForWriting } from "../data-directory.ts";
import { createFold } from "./fold-rows.ts";
import { readReportFrom } from "../reports/read-report.ts";

const cycles = 4;

/**
 * Writes batches and folds slices in turn, many of its rows behind the fold, until it is killed: folds are the larger part of its time.
 * Says a letter a turn.
 */
const writer = (directory: string, cycle: number): string => `
  const at = (name) => import(new URL(name, ${JSON.stringify(import.meta.url)}).href);
  const { openForWriting } = await at("../data-directory.ts");
  const { createFold } = await at("./fold-rows.ts");
  const { takeZone } = await at("./reset-roll-ups.ts");
  const { writeRows } = await at("../ledger/test-ledger-rows.ts");
  const { sampleRecord } = await at("../../../testing/ledger-conformance.ts");
  const { createSeededRandom } = await at("../../../testing/seeded-random.ts");
  const { writeSync } = await import("node:fs");
  const database = openForWriting(${JSON.stringify(directory)}, "FULL");
  takeZone(database, "Asia/Kathmandu");
  const fold = createFold(database);
  const random = createSeededRandom(${cycle} + 1);
  while (fold.next(sampleRecord(43_200_000).id) > 0);
  for (let turn = 0; ; turn++) {
    const records = Array.from({ length: 40 }, (_, row) => {
      const record = sampleRecord(Math.floor(random() * 86_400_000));
      return { ...record, id: record.id + BigInt(${cycle} * 1_000_000 + turn * 40 + row) };
    });
    writeRows(database, records, () => fold.foldedBelowId, fold);
    for (let slice = 0; slice < (turn % 4 === 0 ? 30 : 3); slice++) fold.next(sampleRecord(Math.floor(random() * 86_400_000)).id);
    writeSync(1, "t");
  }
`;

/** Runs the writer until it has said something, and kills it some time later. */
function killAfter(code: string, delayMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    child.stdout.once("data", () => setTimeout(() => child.kill("SIGKILL"), delayMs));
    child.once("error", reject);
    child.once("close", (_code, signal) => {
      if (signal === "SIGKILL") resolve();
      else reject(new Error(`the writer ended by itself: ${errors}`));
    });
  });
}

/** What roll-ups and tail say, and what the rows say. */
function compare(database: DatabaseSync): void {
  const report = readReportFrom(database, { fromMs: 0, toMs: 1e15, by: [] });
  const rows = database
    .prepare(
      "SELECT count(*) AS requests, sum(cost_pico_usd) AS cost, sum(baseline_pico_usd) AS baseline FROM requests",
    )
    .get();
  expect(report.readFrom).toBe("roll-ups");
  expect(report.total.requests).toBe(Number(rows?.["requests"]));
  expect([report.total.costPicoUsd, report.total.baselinePicoUsd]).toEqual([rows?.["cost"], rows?.["baseline"]]);
}

test(
  `a process killed ${cycles} times while it folds leaves roll-ups that, with the tail, are the rows`,
  { timeout: 90_000 },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), "farthing-fold-kill-"));
    const random = createSeededRandom(20_261_121);
    let late = 0;
    try {
      for (let cycle = 0; cycle < cycles; cycle++) {
        await killAfter(writer(directory, cycle), 50 + random() * 400);
        const database = openForWriting(directory, "OFF");
        expect(database.prepare("PRAGMA integrity_check").all()).toEqual([{ integrity_check: "ok" }]);
        compare(database);
        late += Number(database.prepare("SELECT count(*) AS n FROM late_rows").get()?.["n"]);
        database.close();
      }
      const database = openForWriting(directory, "OFF");
      expect(late).toBeGreaterThan(0);
      const fold = createFold(database);
      while (fold.next(2n ** 62n) > 0);
      compare(database);
      expect(database.prepare("SELECT sum(requests) AS n FROM day_sums WHERE days = 1").get()).toEqual(
        database.prepare("SELECT count(*) AS n FROM requests").get(),
      );
      database.close();
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
);
