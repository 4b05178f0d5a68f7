import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../../spec/clock.ts";
import type { RequestRecord } from "../../../spec/ledger.ts";
import { firstIdAt, requestIdOf } from "../../../kit/request-id.ts";
import { sampleAttempt, sampleRecord } from "../../../testing/ledger-conformance.ts";
import { createFold } from "../roll-ups/fold-rows.ts";
import { createLedgerReader, type LedgerReader } from "./ledger-reader.ts";
import { readReport } from "./read-report.ts";
import { takeZone } from "../roll-ups/reset-roll-ups.ts";
import { makeTestLedger, type TestLedger } from "../ledger/test-ledger-database.ts";

const hourMs = 3_600_000;
const startMs = Date.UTC(2026, 9, 20);
const clock: Clock = {
  nowMs: () => startMs,
  monotonicUs: () => performance.now() * 1_000,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

let ledger: TestLedger;
let reader: LedgerReader;

beforeEach(() => {
  ledger = makeTestLedger();
  takeZone(ledger.database, "Asia/Kolkata");
  reader = createLedgerReader(ledger.directory, clock);
});
afterEach(async () => {
  await reader.close();
  ledger.remove();
});

/** One request an hour for ten days; every third from the cache. */
const records = Array.from({ length: 240 }, (_, index): RequestRecord => {
  const id = firstIdAt(startMs + index * hourMs + 1) + BigInt(index);
  const hit = index % 3 === 0;
  const claims = { feature: `feature-${index % 12}`, user: `user-${index % 5}`, tags: [] };
  return {
    ...sampleRecord(0, { claims }),
    id,
    requestId: requestIdOf(id),
    arrivedAtMs: startMs + index * hourMs + 1,
    ...(hit ? { cache: "hit", attempts: [], origin: "exact", cost: { state: "free", picoUsd: 0n } } : {}),
    savings: [
      {
        technique: hit ? "exact-cache" : "choose-target",
        picoUsd: hit ? 5_500_000_000n : 5_170_000_000n,
        method: "measured",
      },
    ],
  };
});

function write(folded: boolean): void {
  ledger.write(records);
  const fold = createFold(ledger.database);
  if (folded) while (fold.next(firstIdAt(startMs + 200 * hourMs)) > 0);
}

const window = { fromMs: startMs, toMs: startMs + 240 * hourMs };

describe("overview", () => {
  test.each([
    ["from rows", false],
    ["from roll-ups and the rows behind them", true],
  ])("has the report's sums, %s", { timeout: 20_000 }, async (_name, folded) => {
    write(folded);
    const zone = "Asia/Kolkata";
    const overview = await reader.overview({ ...window, zone });
    const report = readReport({ directory: ledger.directory, ...window, by: ["feature"], zone });
    const saved = report.total.baselinePicoUsd - report.total.comparedCostPicoUsd;
    expect(overview).toMatchObject({
      ...window,
      zone,
      requests: 240,
      costPicoUsd: report.total.costPicoUsd.toString(),
      baselinePicoUsd: report.total.baselinePicoUsd.toString(),
      savedPicoUsd: saved.toString(),
      cacheHits: 80,
      cacheLookups: 240,
      errors: 0,
      unpriced: 0,
      byUserFromMs: window.fromMs,
      pointMs: 24 * hourMs,
    });
    expect(overview.savedByTechnique).toEqual([
      { technique: "choose-target", picoUsd: (160n * 5_170_000_000n).toString() },
      { technique: "exact-cache", picoUsd: (80n * 5_500_000_000n).toString() },
    ]);
    expect(overview.byFeature.map((line) => [line.name, line.requests, line.costPicoUsd])).toEqual(
      report.lines.slice(0, 10).map((line) => [line.group["feature"], line.requests, line.costPicoUsd.toString()]),
    );
    expect(overview.byModel.map((line) => line.name)).toEqual(["gpt-4o-mini-2024-07-18", "(exact)"]);
    expect(overview.byUser.map((line) => line.requests)).toEqual([48, 48, 48, 48, 48]);
    // Days of Kolkata begin at 18:30 UTC: the first and the eleventh are not whole.
    expect(overview.points.map((point) => [point.startMs, point.requests])).toEqual(
      Array.from({ length: 11 }, (_, day) => [
        startMs + (day * 24 - 5.5) * hourMs,
        day === 0 ? 19 : day === 10 ? 5 : 24,
      ]),
    );
    const week = readReport({
      directory: ledger.directory,
      fromMs: window.toMs - 168 * hourMs,
      toMs: window.toMs,
      by: [],
    }).total;
    expect(overview.savedThisWeekPicoUsd).toBe((week.baselinePicoUsd - week.comparedCostPicoUsd).toString());
  });

  test("has points of an hour or a quarter of one where the window is short", { timeout: 20_000 }, async () => {
    write(true);
    const zone = "UTC";
    const days = await reader.overview({ fromMs: startMs, toMs: startMs + 72 * hourMs, zone });
    expect([days.pointMs, days.points.length, days.points[1]?.startMs]).toEqual([hourMs, 72, startMs + hourMs]);
    const hours = await reader.overview({ fromMs: startMs + 60_000, toMs: startMs + 3 * hourMs, zone });
    expect([hours.pointMs, hours.fromMs]).toEqual([900_000, startMs]);
    expect(hours.points.map((point) => point.startMs)).toEqual([0, 1, 2].map((hour) => startMs + hour * hourMs));
  });
});

describe("latest requests", () => {
  test("come newest first, with the model that answered", { timeout: 20_000 }, async () => {
    const second = sampleAttempt(1, { model: "claude-haiku-4-5", servedModel: null });
    ledger.write([
      ...records.slice(0, 3),
      {
        ...sampleRecord(0, { attempts: [sampleAttempt(0), second], stream: false }),
        id: firstIdAt(startMs + 9 * hourMs),
      },
    ]);
    const latest = await reader.latest(3);
    expect(latest.map((line) => [line.model, line.costPicoUsd, line.savedPicoUsd, line.stream])).toEqual([
      ["claude-haiku-4-5", "330000000", "5170000000", false],
      ["gpt-4o-mini-2024-07-18", "330000000", "5170000000", true],
      ["gpt-4o-mini-2024-07-18", "330000000", "5170000000", true],
    ]);
    expect(latest[1]).toMatchObject({
      requestId: records[2]?.requestId,
      feature: "feature-2",
      requestedModel: "gpt-4o",
    });
    expect((await reader.latest(4))[3]).toMatchObject({ model: null, cache: "hit", costState: "free" });
  });
});

describe("the reading thread", () => {
  test("answers many at once, says why one fails, and goes on", { timeout: 20_000 }, async () => {
    write(false);
    const wrong = reader.report({ ...window, by: ["colour"] });
    const right = reader.report({ ...window, by: ["feature"] });
    await expect(wrong).rejects.toMatchObject({ code: "invalid_request", message: expect.stringContaining("colour") });
    expect((await right).total.requests).toBe(240);
    await expect(reader.overview({ fromMs: 5, toMs: 5, zone: "UTC" })).rejects.toMatchObject({
      code: "invalid_request",
    });
  });

  test("refuses when too many wait", { timeout: 20_000 }, async () => {
    const asked = Array.from({ length: 30 }, () => reader.latest(1).catch((error: { code: string }) => error.code));
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer === "overloaded")).toHaveLength(6);
  });

  test("ends a question that takes too long, and answers the next", { timeout: 20_000 }, async () => {
    const timeouts: (() => void)[] = [];
    const after: Clock["after"] = (_delayMs, run) => {
      timeouts.push(run);
      return () => undefined;
    };
    const slow = createLedgerReader(ledger.directory, { ...clock, after });
    const first = slow.latest(1);
    const second = slow.latest(1);
    timeouts[0]?.();
    await expect(first).rejects.toMatchObject({ code: "overloaded" });
    expect(await second).toEqual([]);
    await slow.close();
  });

  test("says that there is no ledger", { timeout: 20_000 }, async () => {
    const nowhere = createLedgerReader(join(ledger.directory, "nothing"), clock);
    await expect(nowhere.latest(1)).rejects.toMatchObject({ code: "not_found" });
    await nowhere.close();
  });
});
