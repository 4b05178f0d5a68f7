import type { Account, Budget, Subject } from "../../spec/budget.ts";
import { sliceAt, type BudgetSlice } from "../../money/budgets/budget-slice.ts";
import { KnownAccounts } from "../../money/budgets/known-accounts.ts";
import { Holding } from "./holding.ts";

/** One budget at work: from a subject and a moment to the books of its account. */
export class BudgetRule {
  readonly budget: Budget;
  readonly #known: KnownAccounts;
  /** The newest holding of each account; older ones live until they are drained, with the calls that took from them. */
  readonly #current: WeakMap<Account, Holding> = new WeakMap();
  #slice: BudgetSlice | null = null;
  #renewAtMs = 0;

  constructor(budget: Budget, accountsMax?: number) {
    this.budget = budget;
    this.#known = new KnownAccounts(budget, accountsMax);
  }

  /** The books that a call counts in; null when the budget is not about it. */
  holdingFor(subject: Subject, nowMs: number): Holding | null {
    const account = this.#known.find(subject);
    if (account === null) return null;
    const slice = this.#sliceAt(nowMs);
    const known = this.#current.get(account);
    if (known !== undefined && known.slice === slice) return known;
    const holding = new Holding(account, slice, known ?? null);
    this.#current.set(account, holding);
    return holding;
  }

  #sliceAt(nowMs: number): BudgetSlice {
    const known = this.#slice;
    if (known !== null && nowMs >= known.startMs && nowMs < known.endMs) return known;
    const slice = sliceAt(this.budget.window, nowMs);
    if (nowMs >= this.#renewAtMs) {
      if (this.#renewAtMs > 0) this.#known.renew();
      this.#renewAtMs = slice.resetsAtMs;
    }
    this.#slice = slice;
    return slice;
  }
}
