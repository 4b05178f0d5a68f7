import type { Bar, Measurement, Result } from "../../bench/measurement.ts";
import { rowTasks } from "../workload/workload-row.ts";
import type { DemoResult } from "./demo-result.ts";

/** Money is given in whole pico-dollars: exact as a JSON number up to $9,007, a hundred times the largest demo. */
const moneyUnit = "pico-USD";
const zero: Bar = { op: "==", value: 0 };

interface Extra {
  readonly labels?: Readonly<Record<string, string>>;
  readonly n?: number;
  readonly bar?: Bar;
}

/** The result in the shape that every measuring command of the repository prints with `--json`. */
export function toMeasurement(result: DemoResult): Measurement {
  const figure = (name: string, value: number | bigint, unit: string, extra: Extra = {}): Result => ({
    name,
    labels: extra.labels ?? {},
    value: Number(value),
    unit,
    n: extra.n ?? result.requests,
    interval: null,
    bar: extra.bar ?? null,
  });
  return {
    command: "demo",
    seed: result.seed,
    load: {
      requests: result.requests,
      streamed: result.streamed,
      identical: result.identical,
      paraphrases: result.paraphrases,
      repeats: result.repeats,
      concurrency: result.concurrency,
      answers: "simulated",
    },
    results: [
      ...moneyFigures(result, figure),
      ...countFigures(result, figure),
      ...controlFigures(result, figure),
      ...cacheFigures(result, figure),
      ...latencyFigures(result, figure),
    ],
  };
}

type MakeFigure = (name: string, value: number | bigint, unit: string, extra?: Extra) => Result;

function moneyFigures({ bill, ceilings, invoices }: DemoResult, figure: MakeFigure): Result[] {
  return [
    figure("naive-bill", bill.naivePicoUsd, moneyUnit),
    figure("actual-bill", bill.actualPicoUsd, moneyUnit),
    ...[...bill.savedPicoUsd].map(([technique, picoUsd]) =>
      figure("saved", picoUsd, moneyUnit, { labels: { technique } }),
    ),
    ...[...bill.residualByCause].map(([cause, picoUsd]) =>
      figure("residual", picoUsd, moneyUnit, { labels: { cause } }),
    ),
    figure("saved-residual", bill.unexplainedPicoUsd, moneyUnit, { bar: zero }),
    figure("ceiling", ceilings.repeats, moneyUnit, { labels: { technique: "exact-cache+coalesce" } }),
    figure("ceiling", ceilings.reroute, moneyUnit, { labels: { technique: "choose-target" } }),
    figure("saved-by-translated", bill.translatedSavedPicoUsd, moneyUnit, { n: bill.translated }),
    figure("ceiling-of-translated", ceilings.translated, moneyUnit),
    figure("ceiling", ceilings.paraphrases, moneyUnit, { labels: { technique: "semantic-cache (not built yet)" } }),
    ...rowTasks.flatMap((task) => {
      const sums = bill.byTask.get(task);
      if (sums === undefined) return [];
      const extra = { labels: { task }, n: sums.requests };
      return [
        figure("naive-bill", sums.naivePicoUsd, moneyUnit, extra),
        figure("actual-bill", sums.actualPicoUsd, moneyUnit, extra),
      ];
    }),
    figure("ledger-minus-invoice", invoices.ledgerPicoUsd - invoices.invoicedPicoUsd, moneyUnit, {
      n: invoices.calls,
      bar: zero,
    }),
  ];
}

function countFigures({ bill, mistakes, misses, invoices, strayLedgerRows }: DemoResult, figure: MakeFigure): Result[] {
  const must = (name: string, value: number): Result => figure(name, value, "requests", { bar: zero });
  return [
    figure("cache-hits", bill.hits, "requests"),
    figure("shared-calls", bill.shared, "requests"),
    figure("rerouted", bill.rerouted, "requests", { labels: { basis: "operator's rule, quality not measured" } }),
    figure("translated", bill.translated, "requests", { labels: { basis: "operator's rule, quality not measured" } }),
    must("unpriced", bill.unpriced),
    must("false-hits", mistakes.falseHits),
    must("different-answers", mistakes.differentAnswers),
    must("wrong-model", mistakes.wrongModel),
    must("compliance-touched", mistakes.complianceTouched),
    must("failed-calls", mistakes.failedCalls),
    must("translations-broken", mistakes.translationsBroken),
    must("translations-wrong", mistakes.translationsWrong),
    must("translations-lossy", mistakes.translationsLossy),
    must("unmatched-calls", invoices.missing + invoices.unknown + invoices.different),
    must("stray-ledger-rows", strayLedgerRows),
    figure("repeats-paid-again", misses.repeatsPaid, "requests"),
    figure("cheap-paid-in-full", misses.cheapPaidInFull, "requests"),
    figure("cheap-not-translated", misses.notTranslated, "requests"),
  ];
}

/** Of the budget, unit economics, waste and alerts. */
function controlFigures(result: DemoResult, figure: MakeFigure): Result[] {
  const { backfill, backfillPutOff, balanceMinusInvoicePicoUsd, outcomes, watch } = result;
  const calls = backfill.served + backfill.refused;
  const mustPico = (name: string, value: bigint, n: number): Result => figure(name, value, moneyUnit, { n, bar: zero });
  const mustCount = (name: string, value: number, n: number): Result =>
    figure(name, value, "requests", { n, bar: zero });
  return [
    figure("budget-limit", backfill.limitPicoUsd, moneyUnit, { n: calls }),
    figure("budget-spent", backfill.spentPicoUsd, moneyUnit, { n: calls }),
    figure("budget-served", backfill.served, "requests", { n: calls }),
    figure("budget-refused", backfill.refused, "requests", { n: calls }),
    figure("budget-put-off", backfillPutOff, "requests", { n: calls }),
    mustPico("budget-overshoot", backfill.overshootPicoUsd, calls),
    mustPico("budget-balance-minus-invoice", balanceMinusInvoicePicoUsd, calls),
    mustCount("refused-too-early", backfill.refusedTooEarly, calls),
    mustCount("served-without-room", backfill.servedWithoutRoom, calls),
    mustCount("refused-yet-sent", backfill.refusedYetSent, calls),
    figure("outcome-cost", outcomes.costPicoUsd, moneyUnit, { n: outcomes.tickets }),
    figure("cost-without-outcome", outcomes.withoutPicoUsd, moneyUnit),
    mustPico("outcome-cost-minus-labels", outcomes.costMinusLabelsPicoUsd, outcomes.tickets),
    mustPico("economics-minus-bill", outcomes.sumMinusBillPicoUsd, result.requests + calls),
    figure("outcomes-lost", outcomes.lost, "outcomes", { n: outcomes.tickets, bar: zero }),
    figure("waste", watch.wastePicoUsd, moneyUnit),
    mustPico("waste-minus-labels", watch.wasteMinusLabelsPicoUsd, result.requests + calls),
    figure("alerts-firing", watch.alerts.length, "alerts"),
    figure("alerts-not-due", watch.alertsNotDue, "alerts", { bar: zero }),
  ];
}

/** Of the requests made to try the answer caches. */
function cacheFigures({ caches }: DemoResult, figure: MakeFigure): Result[] {
  const { lines, invoices } = caches;
  const n = lines.reduce((sum, { requests }) => sum + requests, 0);
  return [
    ...lines.flatMap(({ kind, requests, reused, mistakes, missed }) => {
      const labels = { kind };
      return [
        figure("cache-trial-reused", reused, "requests", { labels, n: requests }),
        figure("cache-trial-mistakes", mistakes, "requests", { labels, n: requests, bar: zero }),
        figure("cache-trial-missed", missed, "requests", { labels, n: requests }),
      ];
    }),
    figure("cache-trial-ledger-minus-invoice", invoices.ledgerPicoUsd - invoices.invoicedPicoUsd, moneyUnit, {
      n,
      bar: zero,
    }),
    figure("cache-trial-residual", caches.unexplainedPicoUsd, moneyUnit, { n, bar: zero }),
  ];
}

function latencyFigures({ latency }: DemoResult, figure: MakeFigure): Result[] {
  if (latency === null) return [];
  const { direct, throughGateway, pairs } = latency;
  return (["p50", "p99"] as const).flatMap((name) => [
    figure(`latency-${name}`, direct[name], "ms", { labels: { subject: "direct" }, n: pairs }),
    figure(`latency-${name}`, throughGateway[name], "ms", { labels: { subject: "gateway" }, n: pairs }),
    figure(`added-latency-${name}`, throughGateway[name] - direct[name], "ms", { n: pairs }),
  ]);
}
