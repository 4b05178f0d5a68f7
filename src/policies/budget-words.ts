import { civilFromDays, formatCivil } from "../kit/civil-date.ts";
import { formatUsd } from "../money/format-usd.ts";
import type { Budget, BudgetRefusal } from "../spec/budget.ts";

const dayMs = 86_400_000;

/** What a caller is told whose call a hard budget refuses. Names the budget, what is left, what was wanted and when room comes back. */
export function refusalText({ account: { budget }, remaining, wanted, resetsAtMs }: BudgetRefusal): string {
  const left = amountText(budget, remaining ?? 0n);
  const needed = amountText(budget, wanted);
  return (
    `The budget ${budget.name} is used up: ${left} of ${amountText(budget, budget.limit)} left, ` +
    `and this call may need ${needed}. It resets at ${momentText(resetsAtMs)}. Nothing was sent.`
  );
}

/** An amount in the budget's measure. */
export function amountText({ measure }: Pick<Budget, "measure">, amount: bigint): string {
  return measure === "usd" ? formatUsd(amount) : `${amount} ${measure}`;
}

/** `2026-12-01T00:00:00Z`. */
export function momentText(ms: number): string {
  const days = Math.floor(ms / dayMs);
  const second = Math.floor((ms - days * dayMs) / 1000);
  const time = [second / 3600, (second / 60) % 60, second % 60].map(twoDigits).join(":");
  return `${formatCivil(civilFromDays(days))}T${time}Z`;
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}
