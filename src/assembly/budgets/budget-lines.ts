import { overflowAccountOf } from "../../money/budgets/account-of.ts";
import { sliceAt } from "../../money/budgets/budget-slice.ts";
import type { BudgetUse } from "../alerts/alert-watch.ts";
import type { Budget } from "../../spec/budget.ts";
import type { Balance } from "../../spec/limit-store.ts";

/** One account of a budget in the window that is open now; amounts in the budget's measure. */
export interface BudgetLine {
  readonly budget: Budget;
  /** The account's key in the store. */
  readonly account: string;
  /** Values of the budget's wildcards and fixed names, as JSON; `other` where values share the account. */
  readonly subject: string;
  readonly spent: bigint;
  /** Reserved, set aside by a gateway, or left behind by one that died. */
  readonly held: bigint;
  /** May be negative: a soft budget, or providers that did not keep an output limit. */
  readonly left: bigint;
  readonly windowStartMs: number;
  readonly resetsAtMs: number;
}

/** Accounts of the budgets with what is spent of them, in order of the config; a budget without wildcards has always a line. */
export function budgetLines(budgets: readonly Budget[], balances: readonly Balance[], nowMs: number): BudgetLine[] {
  return budgets.flatMap((budget) => {
    const { windowStartMs, resetsAtMs } = sliceAt(budget.window, nowMs);
    const prefix = overflowAccountOf(budget).id.slice(0, -"other".length);
    const sums = new Map<string, { spent: bigint; held: bigint }>();
    if (!Object.values(budget.subject).includes("*"))
      sums.set(prefix + JSON.stringify(budget.subject), { spent: 0n, held: 0n });
    for (const { account, sliceStartMs, spent, held, presumed } of balances) {
      if (sliceStartMs < windowStartMs || !account.startsWith(prefix)) continue;
      const sum = sums.get(account) ?? { spent: 0n, held: 0n };
      sums.set(account, { spent: sum.spent + spent, held: sum.held + held + presumed });
    }
    return [...sums].map(([account, { spent, held }]) => ({
      budget,
      account,
      subject: account.slice(prefix.length),
      spent,
      held,
      left: budget.limit - spent - held,
      windowStartMs,
      resetsAtMs,
    }));
  });
}

/** The same for the rules of alerts: what is spent, without what is only set aside. */
export function budgetUseOf(lines: readonly BudgetLine[]): readonly BudgetUse[] {
  return lines.map(({ budget: { name, limit, measure, window }, account, spent, windowStartMs, resetsAtMs }) => ({
    account,
    name,
    measure,
    limit,
    used: spent,
    windowStartMs,
    windowEndMs: resetsAtMs,
    isSliding: window.kind === "sliding",
  }));
}

/** The earliest moment that any budget's open window began. */
export function firstWindowStart(budgets: readonly Budget[], nowMs: number): number {
  return Math.min(nowMs, ...budgets.map(({ window }) => sliceAt(window, nowMs).windowStartMs));
}
