import type { Bill } from "../bill/add-up.ts";
import type { InvoiceComparison } from "../bill/compare-invoices.ts";
import type { Mistakes, Misses } from "../bill/count-mistakes.ts";
import type { Ceilings } from "../bill/find-ceilings.ts";
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
  /** Null when it was not measured. */
  readonly latency: AddedLatency | null;
  readonly origin: string;
  /** Relative to the working directory where it lies under it. */
  readonly dataDirectory: string;
}

/** What is wrong with a result, one line each; empty for a good one. The demo must not show a bill that it cannot stand by. */
export function findDefects(result: DemoResult): string[] {
  const { bill, mistakes, invoices } = result;
  const defects: string[] = [];
  const add = (isDefect: boolean, text: string): void => {
    if (isDefect) defects.push(text);
  };
  add(
    bill.residualPicoUsd !== 0n,
    `naive minus actual differs from the savings by ${bill.residualPicoUsd} pico-dollars`,
  );
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
  return defects;
}
