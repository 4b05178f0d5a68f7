import type { CalendarUnit } from "./calendar.ts";
import type { PicoUsd } from "./money.ts";

/** What a budget can be about; a budget names any of them together. `org` and `project` are properties of a local key. */
export const subjectNames = ["org", "team", "project", "key", "user", "feature", "model"] as const;

/** One of {@link subjectNames}. */
export type SubjectName = (typeof subjectNames)[number];

/** Whom one request's spending counts against. A name that is absent matches no budget that asks for it. */
export type Subject = Readonly<Partial<Record<SubjectName, string>>>;

/** The owner of what Farthing itself spends: judges, embeddings, shadow calls. Its subject is `{ key: evidenceOwner }`. */
export const evidenceOwner = "farthing:evidence";

/** What a budget counts: pico-dollars, requests, or tokens of all classes. */
export const budgetMeasures = ["usd", "requests", "tokens"] as const;

/** One of {@link budgetMeasures}. */
export type BudgetMeasure = (typeof budgetMeasures)[number];

/** The time that a limit holds for: a span of the calendar in a zone, or always the last so many milliseconds. */
export type BudgetWindow =
  | { readonly kind: "calendar"; readonly unit: CalendarUnit; readonly zone: string }
  | { readonly kind: "sliding"; readonly lengthMs: number };

/** A limit on spending. */
export interface Budget {
  /** Unique; shown in refusals, reports and metrics. */
  readonly name: string;
  /** Values that must be equal; `*` gives each value an account of its own. Empty: everything. */
  readonly subject: Subject;
  readonly measure: BudgetMeasure;
  /** Pico-dollars, requests or tokens; 0 or more. */
  readonly limit: bigint;
  readonly window: BudgetWindow;
  /** `hard`: fails closed, never overshot while providers honour output limits. `soft`: serves, journals and alarms. */
  readonly mode: "hard" | "soft";
  /** Output tokens reserved where the caller set no limit, or a larger one than this quantile of what was seen, 0 to 1. */
  readonly outputQuantile: number;
  /** Output tokens reserved while too little was seen of a model. Absent: 4,096. */
  readonly outputTokensDefault?: number;
  /** A hard budget in USD lets models without a price through, and counts nothing for them. Absent: they are refused. */
  readonly allowUnpriced?: boolean;
}

/** One budget for one value of each of its wildcards: what has a balance. */
export interface Account {
  readonly budget: Budget;
  /** The budget's name and its subject with wildcards filled in, canonical; the key of its balance. */
  readonly id: string;
}

/** What a call may use at most, or has used. */
export interface Spend {
  readonly picoUsd: PicoUsd;
  readonly tokens: bigint;
}

/** Why a call is refused: the account without room for it. */
export interface BudgetRefusal {
  readonly account: Account;
  /** What is left, in the budget's measure; null: the store of balances could not be asked, and a hard budget fails closed. */
  readonly remaining: bigint | null;
  /** What the call would have had to reserve. */
  readonly wanted: bigint;
  /** When room comes back at the latest, milliseconds since the epoch. */
  readonly resetsAtMs: number;
}

/** Room taken for one request in every account that it counts against. Exactly one of `settle` and `release` ends it. */
export interface Reservation {
  /** Soft accounts that are over their limit with it. */
  readonly exceeded: readonly Account[];
  /** Takes more room, all or nothing: before another attempt. */
  extend(more: Spend): boolean | Promise<boolean>;
  /** What was really used takes the place of the reservation; more than was reserved counts in full. Idempotent. */
  settle(used: Spend): void;
  /** Nothing was used. Idempotent. */
  release(): void;
}

/** The one admission that every spending path passes. */
export interface BudgetAdmission {
  /**
   * Takes room in all accounts of `subject` or in none. Synchronous while leases cover it. Never rejects: without the store of
   * balances, hard budgets refuse and soft ones admit.
   */
  admit(subject: Subject, atMost: Spend, nowMs: number): AdmissionResult | Promise<AdmissionResult>;
}

/** Admitted, or refused by the first account in order of the config that has no room. */
export type AdmissionResult = { readonly reservation: Reservation } | { readonly refusal: BudgetRefusal };
