import { subjectNames, type Account, type Budget, type BudgetWindow, type Subject } from "../../spec/budget.ts";

/** Stands for every value in a budget's subject, each with an account of its own. */
const wildcard = "*";

/**
 * The account of a budget that a subject counts against, or null when the budget is not about it: a value differs, or the
 * subject does not have it.
 */
export function accountOf(budget: Budget, subject: Subject): Account | null {
  const filled: Record<string, string> = {};
  for (const name of subjectNames) {
    const wanted = budget.subject[name];
    if (wanted === undefined) continue;
    const value = subject[name];
    if (value === undefined || (wanted !== wildcard && wanted !== value)) return null;
    filled[name] = value;
  }
  return { budget, id: `${prefixOf(budget)}${JSON.stringify(filled)}` };
}

/** Every account that a subject counts against, in the order of the budgets, without bounds: for reports and recomputing. */
export function accountsOf(budgets: readonly Budget[], subject: Subject): readonly Account[] {
  return budgets.flatMap((budget) => accountOf(budget, subject) ?? []);
}

/** The one account that values share when a budget remembers no more of them. Its id is no value's. */
export function overflowAccountOf(budget: Budget): Account {
  return { budget, id: `${prefixOf(budget)}other` };
}

/** True for an id of any account of a budget. */
export function isAccountOf(budget: Budget, id: string): boolean {
  return id.startsWith(prefixOf(budget));
}

/**
 * What an id begins with. Measure and window stand in it, because amounts counted by others mean something else: a budget
 * that is changed from dollars to tokens begins at nothing. Its limit does not: raising it keeps what was spent.
 */
function prefixOf(budget: Budget): string {
  return `${JSON.stringify(budget.name)} ${budget.measure} ${windowText(budget.window)} `;
}

function windowText(window: BudgetWindow): string {
  return window.kind === "calendar" ? `${window.unit}@${window.zone}` : `${window.lengthMs}ms`;
}
