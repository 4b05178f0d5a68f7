import { expect, test } from "vitest";
import type { Economics } from "../../src/spec/economics.ts";
import type { Waste } from "../../src/spec/waste.ts";
import { backfill } from "../workload/backfill.ts";
import type { BackfillVerdict } from "./judge-backfill.ts";
import { judgeOutcomes, judgeWatch } from "./judge-reports.ts";
import type { CommandReports } from "./read-reports.ts";
import { settledRow } from "./test-rows.ts";

const ticket = { session: "s1", tenant: "larkspur-eu", dialect: "openai-chat" } as const;
const rows = [
  settledRow("a", { row: { session: "s1" } }),
  settledRow("b", { row: { session: "s1" }, line: { costPicoUsd: 51n } }),
  settledRow("c", { row: { session: "s2" } }),
  settledRow("d"),
];
const line = {
  kind: "ticket-resolved",
  outcomes: 1,
  unmatched: 0,
  weight: 1,
  costPicoUsd: 151n,
  costPerOutcomePicoUsd: 151n,
  valued: 0,
  valuePicoUsd: 0n,
  marginPicoUsd: null,
};
const economics: Economics = {
  fromMs: 0,
  toMs: 1,
  by: "kind",
  requests: 4,
  costPicoUsd: 351n,
  unpriced: 0,
  kinds: [line],
  withoutOutcome: { requests: 2, costPicoUsd: 200n },
  lines: [],
  linesLeftOut: { groups: 0, requests: 0, costPicoUsd: 0n },
  perNamed: null,
  dearestRuns: [],
  savedThisWeekPicoUsd: 0n,
};
const wasteLine = { requests: 1, share: 0, unpriced: 0, meaning: "", nextStep: "" };
const waste: Waste = {
  fromMs: 0,
  toMs: 1,
  requests: 4,
  costPicoUsd: 351n,
  wastePicoUsd: 50n,
  lines: [
    { ...wasteLine, name: "aborted", picoUsd: 10n },
    { ...wasteLine, name: "length-truncations", picoUsd: 40n },
  ],
  notKnown: [],
};
const alert = {
  rule: "budget-pace",
  subject: `budget "${backfill.project}"`,
  severity: "warning",
  summary: "",
  actual: "",
  expected: "",
  meaning: "",
  nextStep: "",
  sinceMs: null,
} as const;
const reports: CommandReports = { economics, waste, alerts: [alert], balancePicoUsd: 0n };
const verdict = { cutPicoUsd: 50n } as BackfillVerdict;

test("tickets cost what the conversations so labelled cost; the rest of the bill went to none", () => {
  expect(judgeOutcomes(rows, [ticket], 1, reports)).toEqual({
    tickets: 1,
    costPicoUsd: 151n,
    eachPicoUsd: 151n,
    withoutPicoUsd: 200n,
    lost: 0,
    costMinusLabelsPicoUsd: 0n,
    sumMinusBillPicoUsd: 0n,
  });
});

test("a wrong join, a wrong sum and a lost outcome each show", () => {
  const joined = { ...economics, kinds: [{ ...line, costPicoUsd: 251n }] };
  expect(judgeOutcomes(rows, [ticket], 1, { ...reports, economics: joined })).toMatchObject({
    costMinusLabelsPicoUsd: 100n,
    sumMinusBillPicoUsd: 100n,
  });
  expect(judgeOutcomes(rows, [ticket, { ...ticket, session: "s9" }], 2, reports).lost).toBe(1);
  expect(judgeOutcomes(rows, [ticket], 0, reports).lost).toBe(1);
  const unmatched = { ...economics, kinds: [{ ...line, unmatched: 1 }] };
  expect(judgeOutcomes(rows, [ticket], 1, { ...reports, economics: unmatched }).lost).toBe(1);
  expect(judgeOutcomes(rows, [ticket], 1, { ...reports, economics: { ...economics, kinds: [] } })).toMatchObject({
    lost: 1,
    tickets: 0,
    costMinusLabelsPicoUsd: -151n,
  });
});

test("waste is held against the answers that were cut off, and its largest cause is named", () => {
  expect(judgeWatch(reports, verdict)).toEqual({
    wastePicoUsd: 50n,
    largestCause: "length-truncations",
    wasteMinusLabelsPicoUsd: 0n,
    alerts: [{ rule: "budget-pace", severity: "warning" }],
    alertsNotDue: 0,
  });
  expect(judgeWatch(reports, { ...verdict, cutPicoUsd: 49n }).wasteMinusLabelsPicoUsd).toBe(1n);
  const clean = { ...waste, wastePicoUsd: 0n, lines: waste.lines.map((one) => ({ ...one, picoUsd: 0n })) };
  expect(judgeWatch({ ...reports, waste: clean }, verdict).largestCause).toBeNull();
});

test("only the pace of the one budget may be told of", () => {
  const other = { ...alert, subject: 'budget "another"' };
  const unpriced = { ...alert, rule: "unpriced-model" } as const;
  expect(judgeWatch({ ...reports, alerts: [alert, other, unpriced] }, verdict).alertsNotDue).toBe(2);
});
