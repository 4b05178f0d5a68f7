import { formatUsd } from "../../src/money/format-usd.ts";
import { findDefects, type DemoResult } from "./demo-result.ts";
import { countText, counted, layLine, type Column } from "./layout.ts";

const checkColumns: readonly Column[] = [
  { width: 20, align: "left" },
  { width: 74, align: "left" },
];

const latencyColumns: readonly Column[] = [
  { width: 20, align: "left" },
  { width: 9, align: "right" },
  { width: 9, align: "right" },
  { width: 48, align: "left" },
];

const money = (picoUsd: bigint): string => formatUsd(picoUsd, { digits: 6 });
const ms = (value: number): string => `${value.toFixed(2)} ms`;

/** What was held against the labels and against the provider's own log. */
export function renderChecks(result: DemoResult): string[] {
  const { mistakes, misses, invoices } = result;
  const difference = invoices.ledgerPicoUsd - invoices.invoicedPicoUsd;
  const optimisationMistakes = [
    counted(mistakes.falseHits, "false hit"),
    counted(mistakes.differentAnswers, "different answer"),
    counted(mistakes.wrongModel, "wrong model"),
    `${countText(mistakes.complianceTouched)} compliance rows touched`,
  ].join(", ");
  const translationMistakes = [
    counted(mistakes.translationsBroken, "broken answer"),
    `${countText(mistakes.translationsWrong)} rows not meant for it`,
    `${countText(mistakes.translationsLossy)} with something dropped`,
  ].join(", ");
  const missedChances = [
    `${counted(misses.repeatsPaid, "repeat")} paid again`,
    `${countText(misses.cheapPaidInFull)} rows labelled cheap paid in full`,
    `${countText(misses.notTranslated)} not translated`,
  ].join(", ");
  const lines = [
    ["label mistakes", optimisationMistakes],
    ["translation mistakes", translationMistakes],
    ["missed chances", missedChances],
    ["failed calls", countText(mistakes.failedCalls)],
    [
      "ledger and invoice",
      `${money(invoices.ledgerPicoUsd)} recorded, ${money(invoices.invoicedPicoUsd)} on the provider's own invoice for`,
    ],
    ["", `${counted(invoices.calls, "call")}; difference ${difference} pico-dollars, ${matchText(result)}`],
  ];
  const defects = findDefects(result).map((defect) => `  DEFECT: ${defect}`);
  return ["CHECKS", ...lines.map((cells) => layLine(cells, checkColumns)), ...defects];
}

function matchText({ invoices }: DemoResult): string {
  const { missing, unknown, different } = invoices;
  if (missing + unknown + different === 0) return "every call matches";
  return `${missing} calls missing, ${unknown} unknown, ${different} of another amount`;
}

/** What the gateway added to a call; empty when it was not measured. */
export function renderLatency({ latency }: DemoResult): string[] {
  if (latency === null) return [];
  const { direct, throughGateway, pairs, diskSyncMs } = latency;
  const ratio = `${(throughGateway.p50 / direct.p50).toFixed(2)} times as long at p50`;
  return [
    latencyLine("ADDED LATENCY", "p50", "p99").slice(2),
    latencyLine("straight to the fake", ms(direct.p50), ms(direct.p99)),
    latencyLine("through the gateway", ms(throughGateway.p50), ms(throughGateway.p99), ratio),
    latencyLine("added", ms(throughGateway.p50 - direct.p50), ms(throughGateway.p99 - direct.p99)),
    `  On this machine: ${countText(pairs)} pairs of calls, one at a time, same client, a fake that answers at once,`,
    `  cache misses only, each in the ledger on disk before its last byte leaves. A disk sync: ${ms(diskSyncMs)}.`,
  ];
}

function latencyLine(name: string, p50: string, p99: string, note = ""): string {
  return layLine([name, p50, p99, note], latencyColumns);
}
