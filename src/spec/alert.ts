import type { BudgetMeasure } from "./budget.ts";
import type { PicoUsd } from "./money.ts";

/** How soon a person should look. */
export type AlertSeverity = "critical" | "warning" | "info";

/** Names of the rules, in the order they are looked at; docs/reference/alerts.md is tested against it. */
export const alertRuleNames = [
  "daily-spend",
  "cost-per-request",
  "user-spend",
  "unpriced-model",
  "ledger-trouble",
  "budget-pace",
] as const;

/** One of {@link alertRuleNames}. */
export type AlertRuleName = (typeof alertRuleNames)[number];

/** Spending of one day in the configured zone. */
export interface DayFacts {
  /** `2026-11-21`. */
  readonly day: string;
  readonly costPicoUsd: PicoUsd;
  readonly requests: number;
}

/** Spending of one budget's account in the window that is open now. */
export interface BudgetFacts {
  readonly account: string;
  readonly name: string;
  readonly measure: BudgetMeasure;
  readonly limit: bigint;
  readonly used: bigint;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  /** The window is always the last so many milliseconds; its end is then when the oldest use leaves it at the latest. */
  readonly isSliding: boolean;
  /** Used in the last hour and the last six; null while they were not watched for so long. */
  readonly usedLastHour: bigint | null;
  readonly usedLastSixHours: bigint | null;
}

/** What the ledger's rows say: sums over windows, read once a minute. */
export interface LedgerFacts {
  readonly nowMs: number;
  /** Today first, then the days before it down to the first with a request, without gaps; at most 35. */
  readonly days: readonly DayFacts[];
  /** The same of single keys, dearest of today first; at most 50. */
  readonly keys: readonly { readonly keyId: string; readonly days: readonly DayFacts[] }[];
  /** The last hour, and the 24 hours before it to a quarter of an hour. */
  readonly lastHour: { readonly costPicoUsd: PicoUsd; readonly requests: number; readonly unpriced: number };
  readonly dayBefore: { readonly costPicoUsd: PicoUsd; readonly requests: number };
  /** Dearest users of today, dearest first; at most 20. Empty where nobody asks for them. */
  readonly users: readonly { readonly user: string; readonly costPicoUsd: PicoUsd }[];
  /** Models of the last hour that have no price: `vendor/model`, at most 20. */
  readonly unpricedModels: readonly string[];
}

/** What the rules look at. */
export interface WindowFacts extends LedgerFacts {
  /** Rows waiting now, rows lost in the last hour, the error of the latest write if it failed. */
  readonly ledger: { readonly rowsQueued: number; readonly rowsDropped: number; readonly lastError: string | null };
  readonly budgets: readonly BudgetFacts[];
}

/** Something that a person should know. */
export interface Alert {
  readonly rule: AlertRuleName;
  /** Tells two alerts of one rule apart: a user, a model, a budget; empty where there is but one. */
  readonly subject: string;
  readonly severity: AlertSeverity;
  /** One sentence with the value and the threshold. */
  readonly summary: string;
  readonly actual: string;
  readonly expected: string;
  /** What it means and what to do next. */
  readonly meaning: string;
  readonly nextStep: string;
}

/** A rule: facts in, alerts out; no memory, no clock. Repeating and resolving is decided by who runs it. */
export interface AlertRule {
  readonly name: AlertRuleName;
  evaluate(facts: WindowFacts): readonly Alert[];
}

/** What is said of an alert: that it began, that it goes on, that it is over; or that messages arrive. */
export interface AlertNotice {
  readonly status: "firing" | "still-firing" | "resolved" | "test";
  readonly alert: Alert;
  readonly sinceMs: number;
  readonly atMs: number;
  /** The same for the same message sent again, another for every other. */
  readonly id: string;
}

/** Where notices go. */
export interface AlertSink {
  readonly name: string;
  /** Resolves when the notice has arrived; rejects, with words for the operator and no secret, when it will not. */
  send(notice: AlertNotice): Promise<void>;
}

/** Settings of the alerts. */
export interface AlertSettings {
  /** A line in the log for each notice. */
  readonly log: boolean;
  readonly webhook: { readonly url: string; readonly secret: string } | null;
  /** An alert that goes on is told again after so long. */
  readonly renotifyMs: number;
  /** What daily spending must exceed its mean by at least. */
  readonly dailySpendFloorPicoUsd: PicoUsd;
  /** What one user may cost a day; null: the rule is off. */
  readonly userDailyPicoUsd: PicoUsd | null;
  /** Rules that are not looked at. */
  readonly off: readonly AlertRuleName[];
}
