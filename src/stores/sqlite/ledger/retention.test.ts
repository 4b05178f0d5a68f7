import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleId, sampleRecord } from "../../../testing/ledger-conformance.ts";
import { createBatchWriter } from "./batch-writer.ts";
import { ledgerFile, openForWriting } from "../data-directory.ts";
import { createFold } from "../roll-ups/fold-rows.ts";
import { createRetention, type Retention } from "./retention.ts";
import { RowQueue } from "./row-queue.ts";

let directory: string;
let database: DatabaseSync;
let errors: string[];
let retention: Retention;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-retention-"));
  database = openForWriting(directory, "OFF");
  errors = [];
  retention = createRetention(database, (error) => errors.push(String(error)));
  const queue = new RowQueue();
  for (let index = 0; index < 1_200; index++) queue.add(sampleRecord(index));
  const writer = createBatchWriter(
    database,
    () => undefined,
    (reason) => errors.push(reason),
  );
  while (!queue.isEmpty) writer.write(queue.take());
  foldAll();
});
afterEach(() => {
  retention.stop();
  database.close();
  rmSync(directory, { recursive: true });
});

function foldAll(): void {
  const fold = createFold(database);
  while (fold.next(2n ** 62n) > 0);
}

const rows = (): number => Number(database.prepare("SELECT count(*) AS n FROM requests").get()?.["n"]);

test("deletes a slice at a time, so that batches come in between, and stops at the bound", async () => {
  retention.start(sampleId(1_100));
  const seen = new Set<number>();
  await expect.poll(() => seen.add(rows()).has(100), { interval: 5 }).toBe(true);
  expect([1_200, 700, 200, 100]).toEqual(expect.arrayContaining([...seen]));
  expect(seen.size).toBeGreaterThan(1);
  expect(database.prepare("SELECT min(id) AS oldest FROM requests").get()).toEqual({ oldest: sampleId(1_100) });
  expect(errors).toEqual([]);
});

test("never takes its bound back", async () => {
  retention.start(sampleId(1_200));
  await expect.poll(rows).toBe(0);
  retention.start(sampleId(5));
  expect(database.prepare("SELECT before_id FROM retention").get()).toEqual({ before_id: sampleId(1_200) });
});

test("says when a slice failed, and the next start tries again", async () => {
  const blocker = new DatabaseSync(ledgerFile(directory));
  blocker.exec("BEGIN IMMEDIATE");
  retention.start(sampleId(1_200));
  await expect.poll(() => errors.length).toBe(1);
  expect(errors[0]).toMatch(/locked/);
  expect(rows()).toBe(1_200);
  blocker.close();
  retention.start(sampleId(1_200));
  await expect.poll(rows).toBe(0);
});

test("deletes parked rows below the bound too, without a request of that age", async () => {
  retention.start(sampleId(1_200));
  await expect.poll(rows).toBe(0);
  const park = database.prepare("INSERT INTO parked_rows (request_id, at_ms, reason, row) VALUES (?, 0, 'why', '[]')");
  for (let index = 0; index < 1_300; index++) park.run(sampleId(index).toString());
  retention.start(sampleId(1_250));
  const left = (): unknown =>
    database.prepare("SELECT count(*) AS n, min(request_id) AS oldest FROM parked_rows").get();
  await expect.poll(left).toEqual({ n: 50n, oldest: sampleId(1_250).toString() });
  expect(errors).toEqual([]);
});

test("waits for the roll-ups to have a row, a late one too", { timeout: 15_000 }, async () => {
  const queue = new RowQueue();
  queue.add({ ...sampleRecord(600), id: sampleId(600) + 1n });
  createBatchWriter(
    database,
    () => undefined,
    (reason) => errors.push(reason),
  ).write(queue.take());
  retention.start(sampleId(1_200));
  await expect.poll(rows).toBe(600);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(rows()).toBe(600);
  foldAll();
  await expect.poll(rows, { timeout: 5_000 }).toBe(0);
  expect(errors).toEqual([]);
});
