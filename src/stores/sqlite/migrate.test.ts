import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { sampleAttempt, sampleRecord } from "../../testing/ledger-conformance.ts";
import { createBatchWriter } from "./ledger/batch-writer.ts";
import { openForReading, openForWriting } from "./data-directory.ts";
import { createFold } from "./roll-ups/fold-rows.ts";
import { migrate, schemaVersionOf, type SchemaSteps } from "./migrate.ts";
import { readReport } from "./reports/read-report.ts";
import { takeZone } from "./roll-ups/reset-roll-ups.ts";
import { RowQueue } from "./ledger/row-queue.ts";
import { schemaSteps } from "./schema.ts";

let directory: string;
const file = (): string => join(directory, "ledger.sqlite");

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-schema-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const next: SchemaSteps = [...schemaSteps, ["CREATE TABLE added (one INTEGER) STRICT", "INSERT INTO added VALUES (7)"]];

test("an older ledger is brought to the newest schema and keeps its rows", () => {
  const database = openForWriting(directory, "OFF");
  database.exec("INSERT INTO corrections VALUES (1, 5, 'spooled', 9, NULL)");
  migrate(database, directory, next);
  expect(database.prepare("SELECT one FROM added").all()).toEqual([{ one: 7n }]);
  expect(database.prepare("SELECT request_id FROM corrections").all()).toEqual([{ request_id: 5n }]);
  expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: BigInt(next.length) });
  migrate(database, directory, next);
  expect(database.prepare("SELECT count(*) AS n FROM added").get()).toEqual({ n: 1n });
  database.close();
});

test("a ledger of schema 1 keeps its rows, and its attempts name their config and prices", () => {
  const old = new DatabaseSync(file(), { readBigInts: true });
  migrate(old, directory, schemaSteps.slice(0, 1));
  const queue = new RowQueue();
  const attempts = [sampleAttempt(0), sampleAttempt(1)];
  queue.add(sampleRecord(1, { attempts, configGeneration: 7, priceVersion: "2026-07-01" }));
  queue.add(sampleRecord(2, { attempts: [] }));
  const parked: string[] = [];
  const writer = createBatchWriter(
    old,
    () => undefined,
    (reason) => parked.push(reason),
    () => 0n,
  );
  writer.write(queue.take());
  expect(parked).toEqual([]);
  const before = old.prepare("SELECT * FROM attempts ORDER BY attempt_index").all();
  expect(before.map((row) => "config_generation" in row)).toEqual([false, false]);
  old.close();
  const database = openForWriting(directory, "OFF");
  const after = database.prepare("SELECT * FROM attempts ORDER BY attempt_index").all();
  const named = { config_generation: 7n, price_version: "2026-07-01" };
  expect(after).toMatchObject([named, named]);
  expect(after.map((row) => Object.keys(row).length)).toEqual(before.map((row) => Object.keys(row).length + 2));
  expect(after.map((row) => row["provider_request_id"])).toEqual(before.map((row) => row["provider_request_id"]));
  expect(database.prepare("SELECT count(*) AS n FROM requests").get()).toEqual({ n: 2n });
  database.close();
});

test("the rows of a ledger without roll-ups are all in its reports, before they are folded and after", () => {
  const old = new DatabaseSync(file(), { readBigInts: true });
  migrate(old, directory, schemaSteps.slice(0, 2));
  const queue = new RowQueue();
  for (let index = 0; index < 5; index++) queue.add(sampleRecord(index));
  createBatchWriter(
    old,
    () => undefined,
    (reason) => expect.unreachable(reason),
    () => 0n,
  ).write(queue.take());
  old.close();
  const database = openForWriting(directory, "OFF");
  takeZone(database, "UTC");
  const requests = (): number => readReport({ directory, fromMs: 0, toMs: 1e15, by: [] }).total.requests;
  expect(requests()).toBe(5);
  const fold = createFold(database);
  expect([fold.next(2n ** 62n), fold.next(2n ** 62n)]).toEqual([5, 0]);
  expect(requests()).toBe(5);
  database.close();
});

test("a step that fails leaves the older schema whole", () => {
  const database = openForWriting(directory, "OFF");
  const broken: SchemaSteps = [
    ...schemaSteps,
    ["CREATE TABLE added (one INTEGER) STRICT", "INSERT INTO missing VALUES (1)"],
  ];
  expect(() => migrate(database, directory, broken)).toThrow(/missing/);
  expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'added'").all()).toEqual([]);
  expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: BigInt(schemaSteps.length) });
  database.close();
});

test("a newer ledger is refused by writers and readers, with what to do", () => {
  const database = openForWriting(directory, "OFF");
  migrate(database, directory, next);
  database.close();
  const refusal = new RegExp(
    `written by a newer Farthing \\(schema ${next.length}, this one knows ${schemaSteps.length}\\).*Update Farthing`,
  );
  expect(() => openForWriting(directory, "OFF")).toThrow(refusal);
  expect(() => openForReading(directory)).toThrow(refusal);
});

test("a reader does not migrate: it says who will", () => {
  const database = openForWriting(directory, "OFF");
  expect(() => schemaVersionOf(database, directory, "reader", next)).toThrow(
    new RegExp(`older schema ${schemaSteps.length} .*Start the gateway once`),
  );
  expect(schemaVersionOf(database, directory, "writer", next)).toBe(schemaSteps.length);
  database.close();
});

test("a database of something else is left alone", () => {
  const other = new DatabaseSync(file());
  other.exec("CREATE TABLE theirs (one)");
  other.close();
  expect(() => openForWriting(directory, "OFF")).toThrow(/not a Farthing ledger/);
  const again = new DatabaseSync(file());
  expect(again.prepare("SELECT name FROM sqlite_master").all()).toEqual([{ name: "theirs" }]);
  again.close();
});

test("without a ledger a reader says how to get one", () => {
  expect(() => openForReading(directory)).toThrow(/No ledger in .* yet\. Start the gateway/);
});
