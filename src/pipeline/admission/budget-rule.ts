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
  /** When the values of the window before last are forgotten; null before the first call. */
  #renewAtMs: number | null = null;

  constructor(budget: Budget, accountsMax?: number) {
    this.budget = budget;
    this.#known = new KnownAccounts(budget, accountsMax);
  }

  /** The books that a call counts in; null when the budget is not about it. */
  holdingFor(subject: Subject, nowMs: number): Holding | null {
    // First: a new window forgets old values, and what this call names is of the new one.
    const slice = this.#sliceAt(nowMs);
    const account = this.#known.find(subject);
    if (account === null) return null;
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
    this.#renewAtMs ??= slice.resetsAtMs;
    if (nowMs >= this.#renewAtMs) {
      this.#known.renew();
      this.#renewAtMs = slice.resetsAtMs;
    }
    this.#slice = slice;
    return slice;
  }
}
