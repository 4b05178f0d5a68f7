import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../../spec/clock.ts";
import type { LimitStore } from "../../../spec/limit-store.ts";
import { limitStoreConformance, sampleAsk } from "../../../testing/limit-store-conformance.ts";
import { openLimitStore, type OpenLimitStoreOptions } from "./open-limit-store.ts";

let directory: string;
const opened: LimitStore[] = [];
const nowMs = 1_767_225_600_000;
const clock: Clock = {
  nowMs: () => nowMs,
  monotonicUs: () => performance.now() * 1_000,
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "farthing-budgets-"));
});
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
  rmSync(directory, { recursive: true });
});

async function open(over: Partial<OpenLimitStoreOptions> = {}): Promise<LimitStore> {
  const store = await openLimitStore({ directory, clock, ...over });
  opened.push(store);
  return store;
}

const file = (): string => join(directory, "budgets.sqlite");

describe("balances in SQLite: conformance", () => {
  limitStoreConformance(test, () => open());
});

describe("balances in SQLite: the file", () => {
  test("is private, synced and kept over an end and a new beginning", async () => {
    const first = await open();
    await first.lease("a", [sampleAsk(60n)], nowMs, nowMs + 1);
    await first.close();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const second = await open();
    expect(await second.lease("b", [sampleAsk(41n)], nowMs, nowMs + 1)).toEqual({ refused: 0, remaining: 40n });
    const reader = new DatabaseSync(file(), { readOnly: true });
    expect(reader.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    expect(reader.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    reader.close();
  });

  test("is shared: stores opened at once begin together and see each other", async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => open()));
    const results = await Promise.all(
      stores.flatMap((store, index) =>
        Array.from({ length: 25 }, () => store.lease(`owner-${index}`, [sampleAsk(3n)], nowMs, nowMs + 1)),
      ),
    );
    expect(results.filter((result) => "granted" in result)).toHaveLength(33);
    const [balance] = (await stores[0]?.balances(null, 0)) ?? [];
    expect(balance).toMatchObject({ spent: 0n, held: 99n });
  });

  test("of something else is refused with what to do", async () => {
    writeFileSync(file(), "not a database at all, but long enough to be read as one".repeat(20));
    await expect(open()).rejects.toThrow(/not a database/);
    rmSync(file());
    const foreign = new DatabaseSync(file());
    foreign.exec("CREATE TABLE theirs (id INTEGER)");
    foreign.close();
    await expect(open()).rejects.toThrow(/budgets.sqlite in .* is not a Farthing store of balances. Move it away/);
  });
});

describe("balances in SQLite: trouble", () => {
  test("a lock held too long rejects, and nothing was changed", async () => {
    const store = await open({ lockWaitMs: 50 });
    const other = new DatabaseSync(file());
    other.exec("BEGIN IMMEDIATE");
    await expect(store.lease("a", [sampleAsk(60n)], nowMs, nowMs + 1)).rejects.toThrow(/locked/);
    other.exec("ROLLBACK");
    other.close();
    expect(await store.balances(null, 0)).toEqual([]);
    expect(await store.lease("a", [sampleAsk(100n)], nowMs, nowMs + 1)).toEqual({ granted: [100n] });
  });

  test("a thread that dies after its commit answers once it is back, and has written once", async () => {
    const store = await open({ faults: { dieAfterFirstCommit: true } });
    const results = await Promise.all([
      store.lease("a", [sampleAsk(60n)], nowMs, nowMs + 1),
      store.lease("a", [sampleAsk(60n)], nowMs, nowMs + 1),
      store.lease("a", [sampleAsk(0n, { limit: null, wished: 2n })], nowMs, nowMs + 1),
    ]);
    expect(results).toEqual([{ granted: [60n] }, { refused: 0, remaining: 40n }, { granted: [2n] }]);
    expect(await store.balances(null, 0)).toMatchObject([{ held: 62n }]);
  });

  test("a closed store takes nothing more, and has written what it took", async () => {
    const store = await open();
    const taken = store.lease("a", [sampleAsk(60n)], nowMs, nowMs + 1);
    await store.close();
    expect(await taken).toEqual({ granted: [60n] });
    await expect(store.balances(null, 0)).rejects.toThrow(/closed/);
  });
});
