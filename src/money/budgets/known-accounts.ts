import { subjectNames, type Account, type Budget, type Subject, type SubjectName } from "../../spec/budget.ts";
import { accountOf, overflowAccountOf } from "./account-of.ts";

/** Accounts remembered for one budget at a time: a caller that invents users must not fill memory or the store. */
const accountsPerBudgetMax = 10_000;

/**
 * The accounts of one budget, found without building their ids again. At most so many values have accounts of their own; what
 * comes then shares one, so that nothing is ever unlimited. {@link renew} makes room when a new window or slice begins.
 */
export class KnownAccounts {
  readonly #budget: Budget;
  readonly #names: readonly SubjectName[];
  readonly #max: number;
  readonly #overflow: Account;
  #young: Map<string, Account> = new Map();
  #old: Map<string, Account> = new Map();

  /** @param accountsMax 1 or more. */
  constructor(budget: Budget, accountsMax: number = accountsPerBudgetMax) {
    this.#budget = budget;
    this.#names = subjectNames.filter((name) => budget.subject[name] !== undefined);
    this.#max = accountsMax;
    this.#overflow = overflowAccountOf(budget);
  }

  /** The account that a subject counts against; null when the budget is not about it. */
  find(subject: Subject): Account | null {
    let key: string | null = null;
    for (const name of this.#names) {
      const value = subject[name];
      if (value === undefined) return null;
      const wanted = this.#budget.subject[name];
      if (wanted === value) continue;
      if (wanted !== "*") return null;
      key = key === null ? value : JSON.stringify([key, value]);
    }
    return this.#young.get(key ?? "") ?? this.#remember(key ?? "", subject);
  }

  /** Forgets the values that nobody used since the last time, in one step. */
  renew(): void {
    this.#old = this.#young;
    this.#young = new Map();
  }

  #remember(key: string, subject: Subject): Account | null {
    const known = this.#old.get(key);
    // Values of the last window count until they are used again: else a new window would have twice the room.
    if (known === undefined && this.#young.size + this.#old.size >= this.#max) return this.#overflow;
    this.#old.delete(key);
    const account = known ?? accountOf(this.#budget, subject);
    if (account !== null) this.#young.set(key, account);
    return account;
  }
}
