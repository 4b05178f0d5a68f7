import { describe, expect, it } from "vitest";
import type { Report, ReportLine } from "../spec/report.ts";
import { reportJson } from "./commands/report.ts";
import { describeReport } from "./describe-report.ts";
import { describeRequest } from "./describe-request.ts";
import { createTerminal } from "./terminal.ts";

const quiet = { write: () => true };
const terminal = createTerminal(quiet, quiet, {});

const line: ReportLine = {
  group: {},
  requests: 1200,
  costPicoUsd: 12_340_000_000_000n,
  comparedCostPicoUsd: 12_340_000_000_000n,
  baselinePicoUsd: 20_000_000_000_000n,
  savedPicoUsd: { "exact-cache": 8_000_000_000_000n, retry: -340_000_000_000n },
  aloneOffPicoUsd: { "exact-cache": 2_000_000_000_000n, retry: -340_000_000_000n },
  meanCostPicoUsd: 10_283_333_333n,
  unpriced: 3,
  estimated: 0,
  cacheHits: 300,
  cacheLookups: 1000,
  hitRate: 0.3,
  errors: 2,
  aborted: 1,
  p50Us: 812_000,
  p99Us: 12_345_000,
  tokens: { input: 9_000, output: 1_000 },
  latency: "exact",
};

const report: Report = {
  fromMs: Date.UTC(2026, 10, 20, 12),
  toMs: Date.UTC(2026, 10, 21, 12),
  linesFromMs: Date.UTC(2026, 10, 20, 12),
  zone: "UTC",
  by: ["feature"],
  readFrom: "roll-ups",
  total: line,
  lines: [{ ...line, group: { feature: "search\u001B[2J" } }],
  linesLeftOut: 0,
  models: [{ name: "gpt-4o", requests: 600, requestShare: 0.5, costPicoUsd: 12_000_000_000_000n, costShare: 0.972 }],
  costliestFeatures: [{ name: "search", requests: 1, requestShare: 0.001, costPicoUsd: 1n, costShare: 0.9 }],
  rowsSpooled: 0,
  rowsDropped: 7,
  rowsParked: 0,
};

const forecast = {
  rows: 1200,
  bytes: 3_145_728,
  bytesPerRow: 2621,
  rowsPerDay: 1200,
  retentionDays: 400,
  bytesAtRetention: 1_258_291_200,
};

describe("describeReport", () => {
  it("shows the sums, what they lack, shares, groups and the forecast", () => {
    expect(describeReport(report, forecast, terminal)).toEqual([
      "Requests from 2026-11-20 12:00 to 2026-11-21 12:00 UTC",
      "requests         1,200, 2 failed, 1 left early",
      "cost             $12.34, mean $0.0103",
      "cost as asked    $20.00",
      "saved            $7.66 (38.3 %)",
      "cache hits       30.0 % of 1,000 lookups",
      "latency          p50 812 ms, p99 12.3 s",
      "not in the sums  3 requests without a known price, 7 requests lost because the disk stalled",
      "",
      "by technique",
      "saved by        saved  alone off",
      "exact-cache     $8.00      $2.00",
      "retry        -$0.3400   -$0.3400",
      "alone off: how much more it would have cost with this one alone switched off; never to be added up",
      "",
      "by model",
      "model   requests   share    cost   share",
      "gpt-4o       600  50.0 %  $12.00  97.2 %",
      "",
      "features that make 80 % of the cost",
      "feature  requests  share        cost   share",
      "search          1  0.1 %  <$0.000001  90.0 %",
      "",
      "by feature",
      "feature     requests    cost  as asked  saved     mean    hits     p50     p99  failed",
      "search?[2J     1,200  $12.34    $20.00  $7.66  $0.0103  30.0 %  812 ms  12.3 s       2",
      "",
      "Ledger: 3.0 MiB for 1,200 requests; at this pace 1.2 GiB after 400 days.",
    ]);
  });

  it("writes amounts as decimal strings in JSON", () => {
    const document = JSON.parse(reportJson(report, forecast)) as { total: { costPicoUsd: unknown }; schema: string };
    expect(document).toMatchObject({ schema: "farthing.report.v1", currency: "USD", ledger: forecast });
    expect(document.total.costPicoUsd).toBe("12340000000000");
  });
});

describe("describeRequest", () => {
  it("shows money, calls and decisions, and takes odd records as they come", () => {
    const lines = describeRequest(
      {
        requestId: "fr_1",
        arrivedAtMs: 0,
        requestedModel: "gpt-4o",
        dialect: "openai-chat",
        stream: true,
        outcome: "ok",
        status: 200,
        durationUs: 1500,
        cache: "miss",
        route: "default",
        keyId: "own_1",
        claims: { feature: "search", tags: [] },
        cost: { state: "estimated", picoUsd: "72000000" },
        baseline: { state: "unpriced", picoUsd: null },
        savings: [{ technique: "choose-target", picoUsd: "-5", method: "modelled" }],
        attempts: [
          {
            index: 0,
            endpointId: "openai",
            model: "gpt\u0007",
            usage: { source: "provider", tokens: { input: 7, output: 0 } },
          },
        ],
        journal: [{ stage: "settle", decision: "write row", reason: "settled" }],
      },
      terminal,
    );
    expect(lines.slice(0, 6)).toEqual([
      "fr_1  1970-01-01 00:00:00.000 UTC",
      "asked      gpt-4o in openai-chat, streamed",
      "ended      ok, status 200, 1.5 ms, cache miss",
      "route      default, key own_1, feature search",
      "cost       $0.000072 (estimated); as asked unpriced",
      "saved      >-$0.000001 by choose-target (modelled)",
    ]);
    const text = lines.join("\n");
    expect(text).toContain("7 input");
    expect(text).not.toContain("0 output");
    expect(text).not.toContain("\u0007");
    expect(() => describeRequest({}, terminal)).not.toThrow();
  });
});
