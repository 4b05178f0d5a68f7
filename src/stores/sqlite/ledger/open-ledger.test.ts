import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../../spec/clock.ts";
import type { LedgerSettings } from "../../../spec/config.ts";
import type { LedgerStore } from "../../../spec/ledger.ts";
import { ledgerConformance, sampleAttempt, sampleId, sampleRecord } from "../../../testing/ledger-conformance.ts";
import type { LedgerFaults } from "./ledger-protocol.ts";
import { openLedger } from "./open-ledger.ts";

/** The machine's clock, since the thread and the disk keep its time too. */
let nowMs = 0;
let timeScale = 1;
/** What waits a moment for other rows, where a test lets it wait. */
let gathers: (() => void)[] | null = null;
const clock: Clock = {
  nowMs: () => nowMs,
  monotonicUs: () => performance.now() * 1_000,
  after(delayMs, run) {
    if (delayMs === 1 && gathers !== null) {
      gathers.push(run);
      return () => undefined;
    }
    const timer = setTimeout(run, delayMs / timeScale);
    return () => clearTimeout(timer);
  },
};
const defaults: LedgerSettings = {
  durability: "strict",
  syncWaitMsMax: 5_000,
  spoolRowsMax: 100_000,
  retentionDays: 400,
};

let directory: string;
let alarms: string[];
let opened: LedgerStore[];

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "farthing-ledger-")), "data");
  alarms = [];
  opened = [];
  nowMs = 1_767_225_700_000;
  timeScale = 1;
  gathers = null;
});

afterEach(async () => {
  for (const ledger of opened) await ledger.close();
  rmSync(join(directory, ".."), { recursive: true });
});

async function open(settings: Partial<LedgerSettings> = {}, faults: LedgerFaults = {}): Promise<LedgerStore> {
  const ledger = await openLedger({
    directory,
    settings: { ...defaults, ...settings },
    clock,
    alarm: (code) => alarms.push(code),
    faults,
  });
  opened.push(ledger);
  return ledger;
}

function query(sql: string): readonly Record<string, unknown>[] {
  const database = new DatabaseSync(join(directory, "ledger.sqlite"), { readBigInts: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

describe("ledger in SQLite: conformance", () => {
  ledgerConformance(test, () => open());
});

describe("ledger in SQLite: files", () => {
  test("keeps its directory and files to their owner", async () => {
    const ledger = await open();
    await ledger.append(sampleRecord(1), true);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const names = ["ledger.lock", "ledger.pid", "ledger.sqlite", "ledger.sqlite-shm", "ledger.sqlite-wal"];
    expect(readdirSync(directory).toSorted()).toEqual(names);
    expect(names.filter((name) => (statSync(join(directory, name)).mode & 0o777) !== 0o600)).toEqual([]);
  });

  test("refuses a second writer and says who the first is", async () => {
    const first = await open();
    await expect(open()).rejects.toThrow(
      new RegExp(`Another Farthing \\(process ${process.pid}\\) writes the ledger in .*FARTHING_DATA_DIR`),
    );
    // Nor did that try open the door to another process.
    const lockDirectory = `(await import(${JSON.stringify(new URL("../data-directory.ts", import.meta.url).href)})).lockDirectory`;
    const tryToLock = (): string =>
      spawnSync(process.execPath, ["--input-type=module", "-e", `${lockDirectory}(${JSON.stringify(directory)})`], {
        encoding: "utf8",
      }).stderr;
    expect(tryToLock()).toMatch(/Another Farthing/);
    await first.close();
    expect(tryToLock()).toBe("");
    await expect(open()).resolves.toBeDefined();
  });

  test("has its rows after it was closed and opened again", async () => {
    const first = await open();
    await first.append(sampleRecord(1), false);
    await first.close();
    const second = await open();
    expect((await second.find(sampleRecord(1).requestId))?.["arrivedAtMs"]).toBe(sampleRecord(1).arrivedAtMs);
    expect(second.status().rowsWritten).toBe(0);
  });

  test("rows cannot be changed or deleted", async () => {
    const ledger = await open();
    await ledger.append(sampleRecord(1), true);
    expect(() => query("UPDATE requests SET cost_pico_usd = 0")).toThrow(/immutable/);
    expect(() => query("DELETE FROM requests")).toThrow(/retention only/);
    expect(await ledger.find(sampleRecord(1).requestId)).not.toBeNull();
  });
});

describe("ledger in SQLite: commits", () => {
  test("under load gather for a moment, else they do not", async () => {
    const ledger = await open();
    gathers = [];
    const append = (index: number): Promise<unknown> => ledger.append(sampleRecord(index), true);
    await Promise.all([1, 2, 3].map(append));
    await append(4);
    expect(gathers.length).toBe(0);
    await Promise.all([5, 6, 7, 8].map(append));
    const later = Promise.all([9, 10].map(append));
    await ledger.append(sampleRecord(11), false);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([gathers.length, ledger.status().rowsWritten]).toEqual([1, 8]);
    gathers[0]?.();
    await later;
    expect(ledger.status()).toMatchObject({ rowsWritten: 11, rowsQueued: 0 });
    await append(12);
    expect(gathers.length).toBe(1);
  });
});

describe("ledger in SQLite: a disk that stalls", () => {
  test("a request waits for its sync no longer than it may, and the row says so later", async () => {
    const ledger = await open({ syncWaitMsMax: 60 }, { stall: { commits: 1, delayMs: 400 } });
    const startedMs = performance.now();
    const results = await Promise.all([ledger.append(sampleRecord(1), true), ledger.append(sampleRecord(2), true)]);
    const waitedMs = performance.now() - startedMs;
    expect(results).toEqual(["spooled", "spooled"]);
    expect(waitedMs).toBeGreaterThanOrEqual(59);
    expect(waitedMs).toBeLessThan(350);
    expect(ledger.status()).toMatchObject({ rowsQueued: 2, rowsWritten: 0, rowsSpooled: 2, rowsDropped: 0 });
    expect(alarms).toEqual(["ledger-stalled"]);
    await ledger.close();
    expect(ledger.status()).toMatchObject({ rowsQueued: 0, rowsWritten: 2 });
    expect(query("SELECT request_id, kind, at_ms FROM corrections ORDER BY request_id")).toEqual(
      [1, 2].map((index) => ({ request_id: sampleId(index), kind: "spooled", at_ms: BigInt(clock.nowMs()) })),
    );
    expect(query("SELECT count(*) AS n FROM requests")).toEqual([{ n: 2n }]);
  });

  test("a stall shorter than the longest wait is only a slow sync", async () => {
    const ledger = await open({}, { stall: { commits: 1, delayMs: 100 } });
    expect(await ledger.append(sampleRecord(1), true)).toBe("synced");
    expect(alarms).toEqual([]);
  });

  test("a full spool drops, counts and alarms, and the ledger tells how many are missing", async () => {
    const ledger = await open({ spoolRowsMax: 3 }, { stall: { commits: 1, delayMs: 300 } });
    const results = [1, 2, 3, 4, 5].map((index) => ledger.append(sampleRecord(index), index % 2 === 0));
    expect(await Promise.all(results)).toEqual(["accepted", "synced", "accepted", "dropped", "dropped"]);
    expect(alarms).toEqual(["ledger-dropped", "ledger-dropped"]);
    expect(await ledger.append(sampleRecord(6), true)).toBe("synced");
    await ledger.close();
    expect(ledger.status()).toMatchObject({ rowsQueued: 0, rowsWritten: 4, rowsDropped: 2 });
    expect(query("SELECT request_id, kind, detail FROM corrections")).toEqual([
      { request_id: sampleId(4), kind: "dropped", detail: '{"rows":2}' },
    ]);
  });
});

describe("ledger in SQLite: a write that fails", () => {
  test("keeps the rows, acknowledges nothing, tries again and recovers", async () => {
    const ledger = await open();
    const blocker = new DatabaseSync(join(directory, "ledger.sqlite"));
    blocker.exec("BEGIN IMMEDIATE");
    let result: string | null = null;
    const appended = ledger.append(sampleRecord(1), true).then((value) => (result = value));
    await expect.poll(() => alarms.length, { interval: 10, timeout: 5_000 }).toBeGreaterThan(1);
    expect(result).toBeNull();
    expect(new Set(alarms)).toEqual(new Set(["ledger-error"]));
    expect(ledger.status()).toMatchObject({ rowsQueued: 1, rowsWritten: 0, lastError: "database is locked" });
    blocker.exec("ROLLBACK");
    blocker.close();
    expect(await appended).toBe("synced");
    expect(ledger.status()).toMatchObject({ rowsQueued: 0, rowsWritten: 1, lastError: null });
  });

  test("at the end gives the disk its last seconds, then counts what is lost", async () => {
    timeScale = 50;
    const ledger = await open({ syncWaitMsMax: 3_600_000 });
    const blocker = new DatabaseSync(join(directory, "ledger.sqlite"));
    blocker.exec("BEGIN IMMEDIATE");
    const appended = ledger.append(sampleRecord(1), true);
    await ledger.close();
    expect(await appended).toBe("dropped");
    expect(ledger.status()).toMatchObject({ rowsQueued: 0, rowsWritten: 0, rowsSpooled: 0, rowsDropped: 1 });
    expect(alarms.at(-1)).toBe("ledger-dropped");
    blocker.close();
  });

  test("parks a row that the tables refuse and goes on with the others", async () => {
    const ledger = await open();
    const tooLarge = sampleRecord(1, { cost: { state: "priced", picoUsd: 1n << 63n } });
    await Promise.all([tooLarge, sampleRecord(2), sampleRecord(2)].map((record) => ledger.append(record, true)));
    expect(await ledger.find(sampleRecord(2).requestId)).not.toBeNull();
    expect(await ledger.find(tooLarge.requestId)).toBeNull();
    expect(query("SELECT request_id, reason FROM parked_rows")).toEqual([
      { request_id: sampleId(1).toString(), reason: expect.stringContaining("cost_pico_usd") },
      { request_id: sampleId(2).toString(), reason: expect.stringContaining("UNIQUE") },
    ]);
    expect(query("SELECT row FROM parked_rows")[0]?.["row"]).toContain((1n << 63n).toString());
    expect(alarms).toEqual(["ledger-error", "ledger-error"]);
  });
});

describe("ledger in SQLite: a thread that dies", () => {
  test("is started again, and what it wrote without saying so is there once", async () => {
    const ledger = await open({}, { dieAfterFirstCommit: true });
    const attempts = [0, 1].map((index) => sampleAttempt(index));
    const results = [1, 2, 3].map((index) => ledger.append(sampleRecord(index, { attempts }), true));
    expect(await Promise.all(results)).toEqual(["synced", "synced", "synced"]);
    expect(alarms).toEqual(["ledger-error"]);
    expect(ledger.status()).toMatchObject({ rowsQueued: 0, rowsWritten: 3, rowsDropped: 0, lastError: null });
    expect(query("SELECT count(*) AS n FROM requests")).toEqual([{ n: 3n }]);
    expect(query("SELECT count(*) AS n FROM later_attempts")).toEqual([{ n: 3n }]);
    expect(query("SELECT count(*) AS n FROM parked_rows")).toEqual([{ n: 0n }]);
  });
});

describe("ledger in SQLite: retention", () => {
  test(
    "deletes what is older than it keeps, attempts and corrections too, and nothing else",
    { timeout: 30_000 },
    async () => {
      const dayMs = 86_400_000;
      const first = await open();
      const attempts = [0, 1].map((index) => sampleAttempt(index));
      for (let index = 0; index < 1_500; index++) void first.append(sampleRecord(index, { attempts }), false);
      const kept = sampleRecord(2 * dayMs, { attempts });
      await first.append(kept, true);
      await first.close();
      nowMs += 31 * dayMs;
      const second = await open({ retentionDays: 30 });
      await expect.poll(() => query("SELECT count(*) AS n FROM requests")[0]?.["n"], { timeout: 20_000 }).toBe(1n);
      expect(query("SELECT count(*) AS n FROM later_attempts")).toEqual([{ n: 1n }]);
      expect(await second.find(kept.requestId)).not.toBeNull();
      expect(alarms).toEqual([]);
      expect(() => query("DELETE FROM requests")).toThrow(/retention only/);
    },
  );
});
