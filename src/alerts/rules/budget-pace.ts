import type { Alert, AlertRule, BudgetFacts } from "../../spec/alert.ts";
import { formatUsd } from "../../money/format-usd.ts";

const hourMs = 3_600_000;
/** Without rates, a quarter of the window must be over: the first requests of a month say nothing about it. */
const elapsedParts = 4;
/** A hard budget refuses when what is left is less than the next call may cost, so it is seldom used up to the last cent. */
const nearlyUsedParts = 10n;

/**
 * A budget that is used up, or will be before its window ends. The pace is that of the last hour and of the last six, and both must
 * exceed it (the pair of a fast and a slow burn rate of https://sre.google/workbook/alerting-on-slos/); where they are not known, that
 * of the whole window.
 */
export function createBudgetPaceRule(): AlertRule {
  return {
    name: "budget-pace",
    evaluate: ({ budgets, nowMs }) => budgets.flatMap((budget) => judge(budget, nowMs)),
  };
}

function judge(budget: BudgetFacts, nowMs: number): readonly Alert[] {
  const left = budget.limit - budget.used;
  if (left <= 0n) return budget.used === 0n ? [] : [alertOf(budget, "critical", "is used up", budget.used)];
  if (left * nearlyUsedParts <= budget.limit) return [alertOf(budget, "warning", "is nearly used up", budget.used)];
  const projected = projectedUse(budget, nowMs);
  if (projected === null || projected <= budget.limit) return [];
  return [alertOf(budget, "warning", "will be used up before its window ends", projected)];
}

/** Use at the window's end at the slower of the known paces; null where nobody can tell yet. */
function projectedUse(
  { used, usedLastHour, usedLastSixHours, windowStartMs, windowEndMs, isSliding }: BudgetFacts,
  nowMs: number,
): bigint | null {
  // A window that slides ends never: what was used leaves it again, and a steady pace fills it just once.
  const leftMs = isSliding ? windowEndMs - windowStartMs : windowEndMs - nowMs;
  if (leftMs <= 0) return null;
  if (usedLastHour !== null && usedLastSixHours !== null) {
    const byHour = (usedLastHour * BigInt(leftMs)) / BigInt(hourMs);
    const bySixHours = (usedLastSixHours * BigInt(leftMs)) / BigInt(6 * hourMs);
    return (isSliding ? 0n : used) + (byHour < bySixHours ? byHour : bySixHours);
  }
  if (isSliding) return null;
  const elapsedMs = nowMs - windowStartMs;
  if (elapsedMs * elapsedParts < windowEndMs - windowStartMs) return null;
  return used + (used * BigInt(leftMs)) / BigInt(elapsedMs);
}

function alertOf(budget: BudgetFacts, severity: "critical" | "warning", what: string, amount: bigint): Alert {
  const show = (value: bigint): string =>
    budget.measure === "usd" ? formatUsd(value) : `${value.toString()} ${budget.measure}`;
  const verb = amount === budget.used ? "used" : "projected";
  return {
    rule: "budget-pace",
    subject: `budget ${budget.account}`,
    severity,
    summary: `Budget ${budget.account} ${what}: ${show(amount)} ${verb}, limit ${show(budget.limit)}.`,
    actual: `${show(amount)} ${verb}`,
    expected: `at most ${show(budget.limit)}`,
    meaning: "A hard budget refuses calls once it is used up; a soft one goes on and is overspent.",
    nextStep: "farthing report --last 24h --by key,feature shows who spends; raise the limit, or slow them down.",
  };
}
