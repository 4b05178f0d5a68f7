import type { PicoUsd } from "./money.ts";

/** Names of the stages, outermost first; the order itself is `pipeline/order.ts`. */
export type StageName =
  | "settle"
  | "store-body"
  | "exact-cache"
  | "embedding-cache"
  | "coalesce"
  | "choose-target"
  | "reserve-budget"
  | "retry"
  | "meter"
  | "call-provider";

/** Why a stage did what it did: one closed list, documented in docs/reference/reason-codes.md. */
export type ReasonCode =
  | "settled"
  | "settled-aborted"
  | "settled-failed"
  | "spooled"
  | "hit"
  | "hit-normalised"
  | "hit-stale"
  | "hit-refusal"
  | "hit-partial"
  | "miss"
  | "refresh"
  | "switched-off"
  | "kept"
  | "not-kept"
  | "not-cacheable"
  | "leader"
  | "follower"
  | "not-shared"
  | "as-asked"
  | "rule"
  | "no-usable-target"
  | "no-budget"
  | "reserved"
  | "over-soft-budget"
  | "budget"
  | "budget-unpriced"
  | "budget-unavailable"
  | "first-try"
  | "retried"
  | "gave-up"
  | "deadline"
  | "usage-reported"
  | "usage-estimated"
  | "usage-unknown"
  | "answered"
  | "answered-translated"
  | "upstream-error"
  | "transport-failure"
  | "aborted"
  | "stepped-aside";

/** One line of the explanation of a request. The journal is what header, dashboard and simulator show. */
export interface JournalEntry {
  readonly stage: StageName;
  /** The chosen action in a few words: `serve`, `call`, `gpt-4o-mini`. */
  readonly decision: string;
  readonly reason: ReasonCode;
  /** Money the decision is about, where it is about money: expected or known saving, signed. */
  readonly picoUsd?: PicoUsd;
  /** Time the stage itself took, microseconds: of stages that wait for something, and of lookups, which are charged for. */
  readonly us?: number;
  /** One short fact for a person (a rule's name, a status), never text of the request. */
  readonly note?: string;
}

/** Append-only. One for each request; exactly one entry a pass of each stage. */
export interface Journal {
  append(entry: JournalEntry): void;
  readonly entries: readonly JournalEntry[];
}
