import type { Budget, Spend, Subject } from "../../spec/budget.ts";
import type { BalanceKey, SpentTruth } from "../../spec/limit-store.ts";
import { accountsOf, isAccountOf, overflowAccountOf } from "./account-of.ts";
import { amountOf, sliceAt } from "./budget-slice.ts";

/** One settled call of the ledger, as budgets see it. */
export interface LedgerSpend {
  readonly subject: Subject;
  /** When it was admitted, milliseconds since the epoch: its slice is this moment's, however late it settled. */
  readonly atMs: number;
  readonly spend: Spend;
}

/**
 * What an owner has spent in these slices by its ledger, to recompute its balances from. A slice of no budget of today is left
 * out, and so stays presumed: were the budget to come back, the ledger would be read for it.
 *
 * @param keys slices to recompute.
 * @param known ids of all accounts that the store knows: a value without one was counted in the account that values share.
 * @param rows the owner's rows in the time of these slices, each once, in any order; requests that bought nothing left out.
 */
export function truthOf(
  keys: readonly BalanceKey[],
  known: ReadonlySet<string>,
  budgets: readonly Budget[],
  rows: Iterable<LedgerSpend>,
): readonly SpentTruth[] {
  const counted = keys.filter(({ account }) => budgets.some((budget) => isAccountOf(budget, account)));
  const sums = new Map(counted.map((key) => [nameOf(key), { key, spent: 0n }]));
  for (const { subject, atMs, spend } of rows) {
    for (const { budget, id } of accountsOf(budgets, subject)) {
      const account = known.has(id) ? id : overflowAccountOf(budget).id;
      const sum = sums.get(nameOf({ account, sliceStartMs: sliceAt(budget.window, atMs).startMs }));
      if (sum !== undefined) sum.spent += amountOf(budget.measure, spend);
    }
  }
  return [...sums.values()].map(({ key, spent }) => ({ ...key, spent }));
}

function nameOf({ account, sliceStartMs }: BalanceKey): string {
  return `${sliceStartMs} ${account}`;
}
