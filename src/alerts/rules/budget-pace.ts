import type { Alert, AlertRule, BudgetFacts } from "../../spec/alert.ts";
import { formatUsd } from "../../money/format-usd.ts";

const hourMs = 3_600_000;
/** Without rates, a quarter of the window must be over: the first requests of a month say nothing about it. */
const elapsedParts = 4;

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
  const projected = projectedUse(budget, nowMs);
  if (projected === null || projected <= budget.limit) return [];
  return [alertOf(budget, "warning", "will be used up before its window ends", projected)];
}

/** Use at the window's end at the slower of the known paces; null where nobody can tell yet. */
function projectedUse(
  { used, usedLastHour, usedLastSixHours, windowStartMs, windowEndMs }: BudgetFacts,
  nowMs: number,
): bigint | null {
  const leftMs = windowEndMs - nowMs;
  if (leftMs <= 0) return null;
  if (usedLastHour !== null && usedLastSixHours !== null) {
    const byHour = (usedLastHour * BigInt(leftMs)) / BigInt(hourMs);
    const bySixHours = (usedLastSixHours * BigInt(leftMs)) / BigInt(6 * hourMs);
    return used + (byHour < bySixHours ? byHour : bySixHours);
  }
  const elapsedMs = nowMs - windowStartMs;
  if (elapsedMs * elapsedParts < windowEndMs - windowStartMs) return null;
  return used + (used * BigInt(leftMs)) / BigInt(elapsedMs);
}

function alertOf(budget: BudgetFacts, severity: "critical" | "warning", what: string, amount: bigint): Alert {
  const show = (value: bigint): string =>
    budget.measure === "usd" ? formatUsd(value) : `${value.toString()} ${budget.measure}`;
  const verb = severity === "critical" ? "used" : "projected";
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
