import type { PicoUsd } from "./money.ts";

/** How soon a person should look. */
export type AlertSeverity = "critical" | "warning" | "info";

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
  readonly limit: bigint;
  readonly used: bigint;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
}

/** What the rules look at: sums over windows, read once a minute. */
export interface WindowFacts {
  readonly nowMs: number;
  /** Today first, then the days before it, without gaps; at most 35. */
  readonly days: readonly DayFacts[];
  /** The last hour, and the 24 hours before it. */
  readonly lastHour: { readonly costPicoUsd: PicoUsd; readonly requests: number; readonly unpriced: number };
  readonly dayBefore: { readonly costPicoUsd: PicoUsd; readonly requests: number };
  /** Dearest users of today, dearest first; at most 20. */
  readonly users: readonly { readonly user: string; readonly costPicoUsd: PicoUsd }[];
  /** Models of the last hour that have no price: `vendor/model`. */
  readonly unpricedModels: readonly string[];
  readonly ledger: { readonly rowsQueued: number; readonly rowsDropped: number; readonly lastError: string | null };
  readonly budgets: readonly BudgetFacts[];
}

/** Something that a person should know. */
export interface Alert {
  readonly rule: string;
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
  readonly name: string;
  evaluate(facts: WindowFacts): readonly Alert[];
}
