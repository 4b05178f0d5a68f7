import type { BudgetFacts } from "../../spec/alert.ts";

const hourMs = 3_600_000;
/** A sample is kept for each so long; rates are therefore true to this. */
const sampleEveryMs = 300_000;
/** Accounts whose pace is watched; of further ones only the whole window is known. */
const accountsMax = 1_000;

interface Sample {
  readonly atMs: number;
  readonly value: bigint;
}

/** Values that only grow, remembered for six hours. Times are monotonic milliseconds. */
class GrowthWatch {
  readonly #samples: Sample[] = [];

  note(value: bigint, atMs: number): void {
    const last = this.#samples.at(-1);
    // A new window, or one that slides: what was before cannot be compared.
    if (last !== undefined && value < last.value) this.#samples.length = 0;
    if (last === undefined || value < last.value || atMs - last.atMs >= sampleEveryMs)
      this.#samples.push({ atMs, value });
    while ((this.#samples[1]?.atMs ?? atMs) <= atMs - 6 * hourMs) this.#samples.shift();
  }

  /** Growth in the last so many milliseconds; null while it was not watched for so long. */
  growth(value: bigint, atMs: number, lengthMs: number): bigint | null {
    const before = this.#samples.findLast((sample) => sample.atMs <= atMs - lengthMs);
    return before === undefined ? null : value - before.value;
  }
}

/** What one account used, without what only the time of watching can tell. */
export type BudgetUse = Omit<BudgetFacts, "usedLastHour" | "usedLastSixHours">;

/** Tells the pace of budgets' accounts by looking again and again; begins anew with the process. */
export class PaceWatch {
  readonly #accounts: Map<string, GrowthWatch> = new Map();

  /** Notes what is used now; `atMs` is monotonic. */
  withPace(budgets: readonly BudgetUse[], atMs: number): readonly BudgetFacts[] {
    const seen = new Set(budgets.map(({ account }) => account));
    for (const account of this.#accounts.keys()) if (!seen.has(account)) this.#accounts.delete(account);
    return budgets.map((budget) => {
      const watch = this.#watchOf(budget.account);
      watch?.note(budget.used, atMs);
      return {
        ...budget,
        usedLastHour: watch?.growth(budget.used, atMs, hourMs) ?? null,
        usedLastSixHours: watch?.growth(budget.used, atMs, 6 * hourMs) ?? null,
      };
    });
  }

  #watchOf(account: string): GrowthWatch | null {
    const known = this.#accounts.get(account);
    if (known !== undefined) return known;
    if (this.#accounts.size >= accountsMax) return null;
    const watch = new GrowthWatch();
    this.#accounts.set(account, watch);
    return watch;
  }
}

/** Counts what was lost in the last hour, of a counter that began at 0 with the process. */
export class LossWatch {
  readonly #losses: { readonly atMs: number; readonly count: number }[] = [];
  #last = 0;

  /** Notes the counter; `atMs` is monotonic. @returns what it grew by in the last hour. */
  lostLastHour(counter: number, atMs: number): number {
    if (counter > this.#last) this.#losses.push({ atMs, count: counter - this.#last });
    this.#last = counter;
    while ((this.#losses[0]?.atMs ?? atMs) < atMs - hourMs) this.#losses.shift();
    return this.#losses.reduce((sum, { count }) => sum + count, 0);
  }
}
