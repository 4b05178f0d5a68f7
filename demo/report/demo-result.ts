import type { Bill } from "../bill/add-up.ts";
import type { InvoiceComparison } from "../bill/compare-invoices.ts";
import type { Mistakes, Misses } from "../bill/count-mistakes.ts";
import type { Ceilings } from "../bill/find-ceilings.ts";
import type { BackfillVerdict } from "../bill/judge-backfill.ts";
import type { CacheVerdict } from "../bill/judge-caches.ts";
import type { OutcomeVerdict, WatchVerdict } from "../bill/judge-reports.ts";
import type { AddedLatency } from "../run/measure-latency.ts";

/** Everything that a run of the demo found out. */
export interface DemoResult {
  readonly seed: number;
  readonly requests: number;
  readonly streamed: number;
  readonly identical: number;
  readonly paraphrases: number;
  /** False with `--no-repeats`. */
  readonly repeats: boolean;
  readonly concurrency: number;
  /** Of the replay alone. */
  readonly replaySeconds: number;
  readonly bill: Bill;
  readonly ceilings: Ceilings;
  readonly mistakes: Mistakes;
  readonly misses: Misses;
  readonly invoices: InvoiceComparison;
  /** Rows of the ledger that belong to no request of the workload. */
  readonly strayLedgerRows: number;
  /** Of the job that runs away; its served calls are in the bill, beyond `requests`. */
  readonly backfill: BackfillVerdict;
  /** Tries of it that were told to come again, since balances could not be asked within a quarter of a second. */
  readonly backfillPutOff: number;
  /** What `farthing budgets` says was spent of its budget, minus the provider's invoice. Should be 0. */
  readonly balanceMinusInvoicePicoUsd: bigint;
  readonly outcomes: OutcomeVerdict;
  readonly watch: WatchVerdict;
  /** Of the requests made to try the answer caches, which are in no other figure. */
  readonly caches: CacheVerdict;
  /** Null when it was not measured. */
  readonly latency: AddedLatency | null;
  readonly origin: string;
  /** The gateway's page, with the token that signs in. */
  readonly pageLink: string;
  /** Relative to the working directory where it lies under it. */
  readonly dataDirectory: string;
}

/** A residual may be a thousandth of the naive bill. */
const residualShareMin = 1_000n;

/** What is wrong with a result, one line each; empty for a good one. The demo must not show a bill that it cannot stand by. */
export function findDefects(result: DemoResult): string[] {
  const { bill, mistakes, invoices } = result;
  const defects: string[] = [];
  const add = (isDefect: boolean, text: string): void => {
    if (isDefect) defects.push(text);
  };
  add(
    bill.unexplainedPicoUsd !== 0n,
    `naive minus actual differs from the savings by ${bill.unexplainedPicoUsd} pico-dollars`,
  );
  for (const [cause, picoUsd] of bill.residualByCause) {
    const size = picoUsd < 0n ? -picoUsd : picoUsd;
    add(
      size * residualShareMin > bill.naivePicoUsd,
      `${cause} is ${picoUsd} pico-dollars, more than 0.1 % of the bill`,
    );
  }
  add(bill.unpriced > 0, `${bill.unpriced} requests have no known price`);
  add(mistakes.falseHits > 0, `${mistakes.falseHits} false hits`);
  add(mistakes.differentAnswers > 0, `${mistakes.differentAnswers} repeats got another answer than the first time`);
  add(mistakes.wrongModel > 0, `${mistakes.wrongModel} requests went to a model that no rule allows`);
  add(mistakes.complianceTouched > 0, `${mistakes.complianceTouched} compliance requests were optimised`);
  add(mistakes.failedCalls > 0, `${mistakes.failedCalls} calls failed`);
  add(
    mistakes.translationsBroken > 0,
    `${mistakes.translationsBroken} translated answers are empty, failed or cut short`,
  );
  add(mistakes.translationsWrong > 0, `${mistakes.translationsWrong} requests were translated that may not be`);
  add(mistakes.translationsLossy > 0, `${mistakes.translationsLossy} requests lost something in their translation`);
  const difference = invoices.ledgerPicoUsd - invoices.invoicedPicoUsd;
  add(difference !== 0n, `ledger and invoice differ by ${difference} pico-dollars`);
  add(invoices.missing > 0, `${invoices.missing} invoiced calls are not in the ledger`);
  add(invoices.unknown > 0, `${invoices.unknown} calls of the ledger are not on the invoice`);
  add(invoices.different > 0, `${invoices.different} requests are invoiced at another amount than recorded`);
  add(result.strayLedgerRows > 0, `${result.strayLedgerRows} ledger rows belong to no request`);
  return [...defects, ...findControlDefects(result), ...findCacheDefects(result)];
}

/** The same of the answer caches. */
function findCacheDefects({ caches }: DemoResult): string[] {
  const { lines, invoices, unexplainedPicoUsd, strayRows } = caches;
  const counts: readonly (readonly [number, string])[] = [
    ...lines.map(({ kind, mistakes }) => [mistakes, `mistakes of the caches: ${kind}`] as const),
    [invoices.missing + invoices.unknown + invoices.different, "calls for the caches do not match the invoice"],
    [strayRows, "ledger rows belong to no request for the caches"],
  ];
  const wrong = counts.filter(([count]) => count !== 0).map(([count, text]) => `${count} ${text}`);
  if (unexplainedPicoUsd === 0n) return wrong;
  return [...wrong, `the caches' savings do not explain ${unexplainedPicoUsd} pico-dollars`];
}

/** The same of the budget and of the reports. */
function findControlDefects({ backfill, balanceMinusInvoicePicoUsd, outcomes, watch }: DemoResult): string[] {
  const amounts: readonly (readonly [bigint, string])[] = [
    [backfill.overshootPicoUsd, "the hard budget is overshot by"],
    [balanceMinusInvoicePicoUsd, "farthing budgets and the invoice differ by"],
    [outcomes.costMinusLabelsPicoUsd, "farthing economics and the labels differ by"],
    [outcomes.sumMinusBillPicoUsd, "farthing economics and the bill differ by"],
    [watch.wasteMinusLabelsPicoUsd, "farthing waste and the labels differ by"],
  ];
  const counts: readonly (readonly [number, string])[] = [
    [backfill.refusedTooEarly, "requests were refused although their budget had room"],
    [backfill.servedWithoutRoom, "requests were served although their budget had no room"],
    [backfill.refusedYetSent, "refused requests were sent to the provider"],
    [outcomes.lost, "outcomes were lost or found no calls"],
    [watch.alertsNotDue, "alerts are firing that should not"],
  ];
  return [
    ...amounts.filter(([picoUsd]) => picoUsd !== 0n).map(([picoUsd, text]) => `${text} ${picoUsd} pico-dollars`),
    ...counts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`),
  ];
}
