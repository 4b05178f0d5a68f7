import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RequestRecord } from "../../../spec/ledger.ts";
import type { ReportLine } from "../../../spec/report.ts";
import { arrivalOf } from "../../../kit/request-id.ts";
import { sampleAttempt, sampleId, sampleRecord } from "../../../testing/ledger-conformance.ts";
import { forecastSize } from "../ledger/forecast-size.ts";
import { readReport } from "./read-report.ts";
import { costOf, makeTestLedger, type TestLedger } from "../ledger/test-ledger-database.ts";

const startMs = arrivalOf(sampleId(0));
let ledger: TestLedger;

beforeEach(() => void (ledger = makeTestLedger()));
afterEach(() => ledger.remove());

const report = (by: readonly string[] = [], fromMs = startMs, toMs = startMs + 1_000_000) =>
  readReport({ directory: ledger.directory, fromMs, toMs, by });

/** Requests of each value of one dimension. */
function groups(by: string): Record<string, number> {
  return Object.fromEntries(report([by]).lines.map((line) => [line.group[by] ?? "", line.requests]));
}

/** What the plain count counts too. */
function figures(line: ReportLine): Record<string, unknown> {
  const { group: _group, meanCostPicoUsd: _mean, hitRate: _rate, comparedCostPicoUsd: _compared, ...rest } = line;
  const { key: _key, latency: _latency, ...counted } = rest as typeof rest & { readonly key?: string };
  return counted;
}

/** The same figures by plain arithmetic over the records. */
function count(records: readonly RequestRecord[]): Record<string, unknown> {
  const sum = (of: (one: RequestRecord) => bigint): bigint => records.reduce((total, one) => total + of(one), 0n);
  const many = (holds: (one: RequestRecord) => boolean): number => records.filter(holds).length;
  const durations = records.map((one) => one.durationUs).toSorted((one, other) => one - other);
  const rank = (percent: number): number => durations[Math.ceil((durations.length * percent) / 100) - 1] ?? 0;
  const savedPicoUsd: Record<string, bigint> = {};
  const aloneOffPicoUsd: Record<string, bigint> = {};
  for (const { technique, picoUsd, aloneOffPicoUsd: aloneOff } of records.flatMap((one) => one.savings)) {
    savedPicoUsd[technique] = (savedPicoUsd[technique] ?? 0n) + picoUsd;
    aloneOffPicoUsd[technique] = (aloneOffPicoUsd[technique] ?? 0n) + (aloneOff ?? picoUsd);
  }
  return {
    requests: records.length,
    costPicoUsd: sum((one) => one.cost.picoUsd ?? 0n),
    baselinePicoUsd: sum((one) => one.baseline.picoUsd ?? 0n),
    savedPicoUsd,
    aloneOffPicoUsd,
    unpriced: 0,
    estimated: 0,
    cacheHits: many((one) => one.cache === "hit"),
    cacheLookups: many((one) => one.cache === "hit" || one.cache === "miss"),
    errors: many((one) => one.outcome === "error" || one.outcome === "truncated"),
    aborted: many((one) => one.outcome === "aborted"),
    p50Us: rank(50),
    p99Us: rank(99),
    tokens: countTokens(records),
  };
}

function countTokens(records: readonly RequestRecord[]): Record<string, number> {
  const tokens: Record<string, number> = {};
  for (const { usage } of records.flatMap((one) => one.attempts)) {
    for (const [tokenClass, billed] of Object.entries(usage.tokens)) {
      if (billed > 0) tokens[tokenClass] = (tokens[tokenClass] ?? 0) + billed;
    }
  }
  return tokens;
}

describe("report: sums", () => {
  test("are exact beyond what 64 bits hold", () => {
    const most = (1n << 63n) - 1n;
    const saving = { technique: "choose-target", picoUsd: most, method: "measured" } as const;
    ledger.write(
      [1, 2, 3].map((index) => sampleRecord(index, { cost: costOf(most), baseline: costOf(most), savings: [saving] })),
    );
    ledger.write([
      sampleRecord(4, {
        cost: costOf(-most),
        baseline: costOf(-1n),
        savings: [{ ...saving, technique: "retry", picoUsd: -1n }],
      }),
    ]);
    const { total } = report();
    expect(total.costPicoUsd).toBe(2n * most);
    expect(total.baselinePicoUsd).toBe(3n * most - 1n);
    expect(total.savedPicoUsd).toEqual({ "choose-target": 3n * most, retry: -1n });
  });

  test("take any window, one without end too", () => {
    ledger.write([sampleRecord(1), sampleRecord(2)]);
    for (const toMs of [1e15, Number.POSITIVE_INFINITY]) expect(report([], 0, toMs).total.requests).toBe(2);
    expect(report([], Number.NEGATIVE_INFINITY).total.requests).toBe(2);
    expect(report([], startMs + 2).total.requests).toBe(1);
  });

  test("leave out what is not known, and say how often", () => {
    const unpriced = { state: "unpriced", picoUsd: null } as const;
    ledger.write([
      sampleRecord(1, { cost: costOf(5n), baseline: unpriced, savings: [] }),
      sampleRecord(2, { cost: unpriced, baseline: costOf(7n), savings: [] }),
      sampleRecord(3, { cost: { state: "estimated", picoUsd: 11n }, baseline: costOf(13n) }),
    ]);
    expect(report().total).toMatchObject({
      requests: 3,
      costPicoUsd: 16n,
      comparedCostPicoUsd: 11n,
      baselinePicoUsd: 13n,
      meanCostPicoUsd: 8n,
      unpriced: 1,
      estimated: 1,
    });
  });

  test("have rates of what was looked up, and count a single token", () => {
    const one = sampleAttempt(0, { usage: { source: "provider", tokens: { audioInput: 1 } } });
    const looked = (["hit", "miss", "hit", "off", "miss", "miss"] as const).map((cache, index) =>
      sampleRecord(index + 1, { cache, attempts: index === 0 ? [one] : [] }),
    );
    ledger.write(looked);
    expect(report().total).toMatchObject({ cacheHits: 2, cacheLookups: 5, hitRate: 0.4, tokens: { audioInput: 1 } });
  });

  test("are zero, and rates null, when there is nothing", () => {
    expect(report(["feature"])).toMatchObject({
      lines: [],
      models: [],
      costliestFeatures: [],
      total: { requests: 0, costPicoUsd: 0n, meanCostPicoUsd: null, hitRate: null, p50Us: 0, p99Us: 0 },
    });
  });
});

describe("report: against a plain count of the same records", () => {
  const record = fc
    .record({
      arrival: fc.nat({ max: 50 }),
      durationUs: fc.nat({ max: 20 }),
      feature: fc.option(fc.constantFrom("chat", "search", "sum'mary")),
      cache: fc.constantFrom("hit", "miss", "off", "coalesced"),
      outcome: fc.constantFrom("ok", "error", "aborted", "truncated"),
      cost: fc.bigInt({ min: -(10n ** 18n), max: 8n * 10n ** 18n }),
      attempts: fc.array(
        fc.constantFrom(
          sampleAttempt(0),
          sampleAttempt(1, { usage: { source: "provider", tokens: { input: 3, audioInput: 5, cacheWrite1h: 7 } } }),
        ),
        { minLength: 1, maxLength: 3 },
      ),
      saved: fc.array(
        fc.record({
          technique: fc.constantFrom("retry", "exact-cache"),
          picoUsd: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
        }),
      ),
    })
    .map((drawn) => ({ ...drawn, attempts: drawn.attempts.map((attempt, index) => ({ ...attempt, index })) }));

  test("every figure of every group is the same", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 60 }), (drawn) => {
        ledger.database.exec(
          "UPDATE retention SET before_id = 9223372036854775807; DELETE FROM requests; DELETE FROM later_attempts; UPDATE retention SET before_id = 0",
        );
        const records = drawn.map(({ arrival, feature, cost, saved, ...over }, index) => {
          const savings = saved.map((one) => ({ ...one, method: "measured" as const }));
          const baseline = cost + savings.reduce((sum, one) => sum + one.picoUsd, 0n);
          const claims = { ...(feature === null ? {} : { feature }), tags: [] };
          const base = sampleRecord(arrival, {
            ...over,
            claims,
            cost: costOf(cost),
            baseline: costOf(baseline),
            savings,
          });
          return { ...base, id: base.id + BigInt(index) };
        });
        ledger.write(records);
        const inside = records.filter((one) => arrivalOf(one.id) >= startMs + 10 && arrivalOf(one.id) < startMs + 40);
        const read = report(["feature"], startMs + 10, startMs + 40);
        expect(figures(read.total)).toEqual(count(inside));
        const features = [...new Set(inside.map((one) => one.claims.feature ?? "(none)"))];
        expect(new Map(read.lines.map((line) => [line.group["feature"], figures(line)]))).toEqual(
          new Map(
            features.map((name) => [name, count(inside.filter((one) => (one.claims.feature ?? "(none)") === name))]),
          ),
        );
        expect(read.lines.map((line) => line.costPicoUsd)).toEqual(
          read.lines.map((line) => line.costPicoUsd).toSorted((one, other) => (one < other ? 1 : one > other ? -1 : 0)),
        );
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});

describe("report: groups", () => {
  test("know every dimension, and none is what it was not told", () => {
    const bare = sampleRecord(1, { claims: { tags: [] }, attempts: [], origin: null });
    ledger.write([bare]);
    const claims = ["feature", "user", "team", "cohort", "session", "run", "step", "task", "prompt", "tags"];
    for (const by of [...claims, "model", "provider"]) expect([by, groups(by)]).toEqual([by, { "(none)": 1 }]);
    expect([groups("requested-model"), groups("key"), groups("route"), groups("day"), groups("status")]).toEqual([
      { "gpt-4o": 1 },
      { "own-1f2e3d": 1 },
      { default: 1 },
      { "2026-01-01": 1 },
      { "200": 1 },
    ]);
  });

  test("take model and provider from the call that answered", () => {
    const second = sampleAttempt(1, { endpointId: "backup", model: "claude-haiku-4-5", servedModel: null });
    ledger.write([
      sampleRecord(1),
      sampleRecord(2, { attempts: [sampleAttempt(0), second] }),
      sampleRecord(3, { attempts: [], origin: "exact", cost: { state: "free", picoUsd: 0n } }),
    ]);
    expect(groups("model")).toEqual({ "gpt-4o-mini-2024-07-18": 1, "claude-haiku-4-5": 1, "(exact)": 1 });
    expect(groups("provider")).toEqual({ openai: 1, backup: 1, "(exact)": 1 });
  });

  test("count a request under each of its tags, and combine dimensions", () => {
    ledger.write([sampleRecord(1), sampleRecord(2, { claims: { tags: ["eu"] } })]);
    expect(groups("tags")).toEqual({ eu: 2, beta: 1 });
    expect(
      report(["user", "tags"])
        .lines.map((line) => Object.values(line.group).join(" "))
        .toSorted(),
    ).toEqual(["(none) eu", "u-17 beta", "u-17 eu"]);
  });

  test("days change at midnight UTC", () => {
    ledger.write([sampleRecord(86_399_999), sampleRecord(86_400_000)]);
    const read = readReport({
      directory: ledger.directory,
      fromMs: startMs,
      toMs: startMs + 10 * 86_400_000,
      by: ["day"],
    });
    expect(read.lines.map((line) => line.group["day"]).toSorted()).toEqual(["2026-01-01", "2026-01-02"]);
  });

  test("days are those of the zone asked for", () => {
    // 18:15 UTC is midnight in Kathmandu.
    ledger.write([sampleRecord(65_699_999), sampleRecord(65_700_000)]);
    const window = { directory: ledger.directory, fromMs: startMs, toMs: startMs + 86_400_000, by: ["day"] };
    expect(
      readReport({ ...window, zone: "Asia/Kathmandu" })
        .lines.map((line) => line.group["day"])
        .toSorted(),
    ).toEqual(["2026-01-01", "2026-01-02"]);
    expect(readReport(window).lines.map((line) => line.group["day"])).toEqual(["2026-01-01"]);
  });

  test("name the fewest features that make 80 % of the cost, and the share of each model", () => {
    const costs = { chat: 50n, search: 30n, mail: 15n, other: 5n };
    ledger.write(
      Object.entries(costs).map(([feature, cost], index) =>
        sampleRecord(index, { claims: { feature, tags: [] }, cost: costOf(cost) }),
      ),
    );
    const read = report();
    expect(read.costliestFeatures.map((share) => [share.name, share.costShare])).toEqual([
      ["chat", 0.5],
      ["search", 0.3],
    ]);
    expect(read.models).toMatchObject([{ name: "gpt-4o-mini-2024-07-18", requests: 4, requestShare: 1, costShare: 1 }]);
  });

  test("refuse what they do not know, and list what they do", () => {
    expect(() => report(["colour"])).toThrow(/cannot be grouped by "colour".*feature, user/);
    expect(() => report(['feature" FROM x --'])).toThrow(/cannot be grouped/);
    expect(() => report(["toString"])).toThrow(/cannot be grouped/);
    expect(() => report([], 5, 5)).toThrow(/must end after it begins/);
  });
});

describe("report: gaps", () => {
  test("count estimated and unpriced requests; shared calls are no cache lookups", () => {
    ledger.write([
      sampleRecord(1, { cost: { state: "estimated", picoUsd: 5n }, cache: "coalesced" }),
      sampleRecord(2, { cost: { state: "unpriced", picoUsd: null }, cache: "coalesced" }),
      sampleRecord(3, { cost: { state: "estimated", picoUsd: 5n }, cache: "off" }),
    ]);
    const { total, lines } = report(["user"]);
    for (const line of [total, ...lines]) {
      expect(line).toMatchObject({ estimated: 2, unpriced: 1, cacheLookups: 0, hitRate: null });
    }
  });

  test("tell rows that came late, were lost or are parked", () => {
    const at = sampleId(5);
    ledger.database.exec(`INSERT INTO corrections (request_id, kind, at_ms, detail) VALUES
      (${at}, 'spooled', 1, NULL), (${at}, 'spooled', 1, NULL), (${at}, 'dropped', 1, '{"rows":7}'), (5, 'dropped', 1, '{"rows":9}')`);
    ledger.database.exec(`INSERT INTO parked_rows VALUES (1, '5', ${startMs + 5}, 'why', '[]')`);
    expect(report()).toMatchObject({ rowsSpooled: 2, rowsDropped: 7, rowsParked: 1 });
  });
});

describe("size forecast", () => {
  const dayMs = 86_400_000;

  test("multiplies the pace of the last week by what retention keeps", () => {
    ledger.write(Array.from({ length: 700 }, (_, index) => sampleRecord(index * 1_000)));
    const forecast = forecastSize({ directory: ledger.directory, retentionDays: 400, nowMs: startMs + 7 * dayMs });
    expect(forecast.rows).toBe(700);
    expect(forecast.rowsPerDay).toBeCloseTo(100, 0);
    expect(forecast.bytesPerRow).toBeGreaterThan(300);
    expect(forecast.bytesPerRow).toBeLessThan(1_500);
    expect(forecast.bytesAtRetention).toBeCloseTo((forecast.bytesPerRow ?? 0) * forecast.rowsPerDay * 400, -1);
  });

  test("promises nothing for an empty ledger", () => {
    const forecast = forecastSize({ directory: ledger.directory, retentionDays: 400, nowMs: startMs });
    expect(forecast).toMatchObject({ rows: 0, bytesPerRow: null, rowsPerDay: 0, bytesAtRetention: 0 });
    expect(forecast.bytes).toBeGreaterThan(0);
  });
});
