import type {
  Account,
  AdmissionResult,
  Budget,
  BudgetAdmission,
  BudgetRefusal,
  Reservation,
  Spend,
  Subject,
} from "../spec/budget.ts";

/** How one reservation went: `settled` is null until it is, and stays so when it was released. */
export interface SeenReservation {
  readonly subject: Subject;
  readonly atMost: Spend;
  extensions: number;
  settled: Spend | null;
  /** Calls of `settle` and `release` together: exactly one is right. */
  endings: number;
}

/** A budget in USD with everything filled in. */
export function testBudget(changes: Partial<Budget> = {}): Budget {
  return {
    name: "all",
    subject: {},
    measure: "usd",
    limit: 1_000_000_000_000n,
    window: { kind: "calendar", unit: "month", zone: "UTC" },
    mode: "hard",
    outputQuantile: 0.99,
    ...changes,
  };
}

/**
 * Budgets that admit until `room` pico-dollars are held or spent, over all subjects together. Made to look into; real
 * balances are kept elsewhere.
 */
export class ScriptedBudgets implements BudgetAdmission {
  readonly seen: SeenReservation[] = [];
  readonly budget: Budget;
  /** Pico-dollars left. */
  room: bigint;
  /** Subjects without room, whatever is left. */
  refuses: (subject: Subject) => boolean = () => false;
  /** The balances cannot be used. */
  isBroken = false;
  /** Soft accounts told as exceeded. */
  exceeded: readonly Account[] = [];
  /** Answers later, as a store does. */
  isSlow = false;

  constructor(room: bigint, budget: Budget = testBudget()) {
    this.room = room;
    this.budget = budget;
  }

  /** Reservations that were neither settled nor released, or more than once. */
  get leaked(): number {
    return this.seen.filter(({ endings }) => endings !== 1).length;
  }

  admit(subject: Subject, atMost: Spend): AdmissionResult | Promise<AdmissionResult> {
    const result = this.#admit(subject, atMost);
    return this.isSlow ? Promise.resolve().then(() => result) : result;
  }

  #admit(subject: Subject, atMost: Spend): AdmissionResult {
    if (this.isBroken || this.refuses(subject) || atMost.picoUsd > this.room) return { refusal: this.#refusal(atMost) };
    this.room -= atMost.picoUsd;
    const seen: SeenReservation = { subject, atMost, extensions: 0, settled: null, endings: 0 };
    this.seen.push(seen);
    return { reservation: this.#reservation(seen) };
  }

  #refusal(atMost: Spend): BudgetRefusal {
    return {
      account: { budget: this.budget, id: this.budget.name },
      remaining: this.isBroken ? null : this.room,
      wanted: atMost.picoUsd,
      resetsAtMs: Date.UTC(2026, 11, 1),
    };
  }

  #reservation(seen: SeenReservation): Reservation {
    let held = seen.atMost.picoUsd;
    return {
      exceeded: this.exceeded,
      extend: (more) => {
        if (more.picoUsd > this.room) return false;
        this.room -= more.picoUsd;
        held += more.picoUsd;
        seen.extensions++;
        return true;
      },
      settle: (used) => {
        if (seen.endings++ > 0) return;
        seen.settled = used;
        this.room += held - used.picoUsd;
      },
      release: () => {
        if (seen.endings++ > 0) return;
        this.room += held;
      },
    };
  }
}
