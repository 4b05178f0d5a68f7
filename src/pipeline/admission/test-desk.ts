import type { Budget } from "../../spec/budget.ts";
import type { LeaseAsk, LeaseReport, LeaseResult, LimitStore } from "../../spec/limit-store.ts";
import { accountOf } from "../../money/budgets/account-of.ts";
import { sliceAt } from "../../money/budgets/budget-slice.ts";
import { createMemoryLimitStore } from "../../stores/memory/limit-store.ts";
import { createFakeClock, type FakeClock } from "../../testing/fake-clock.ts";
import { testBudget } from "../../testing/scripted-budgets.ts";
import type { ClaimPorts } from "./claim.ts";
import { Holding } from "./holding.ts";
import { LeaseDesk } from "./lease-desk.ts";

/** A lease that the store was asked for. */
export interface AskedLease {
  readonly asks: readonly LeaseAsk[];
  /** Answers, and lets what waits for it run. */
  readonly answer: (result: LeaseResult) => Promise<void>;
}

/** A desk, and what claims need beside it, on a store that says what a test tells it to. */
export interface DeskBench {
  readonly clock: FakeClock;
  readonly desk: LeaseDesk;
  readonly ports: ClaimPorts;
  /** Every lease that was asked for, in order; each waits for its answer. */
  readonly leases: readonly AskedLease[];
  /** Every report that came, in order. */
  readonly reports: readonly (readonly LeaseReport[])[];
  /** From now on reports wait; answers those that do. */
  holdReports(): () => Promise<void>;
  /** Books of an account of its own, in the present slice. */
  holdingOf(over?: Partial<Budget>): Holding;
}

/** Makes a desk on a store without balances, with a clock that stands still. */
export function createDeskBench(): DeskBench {
  const clock = createFakeClock();
  const leases: AskedLease[] = [];
  const reports: (readonly LeaseReport[])[] = [];
  let reportsAnswered: Promise<void> = Promise.resolve();
  const settled = (): Promise<void> => clock.advanceAsync(0);
  const store: LimitStore = {
    ...createMemoryLimitStore(),
    lease: (_owner, asks) =>
      new Promise((resolve) => {
        leases.push({ asks, answer: (result) => (resolve(result), settled()) });
      }),
    report: (_owner, told) => {
      reports.push(told);
      return reportsAnswered;
    },
  };
  const desk = new LeaseDesk({ store, owner: "a", clock, onTrouble: () => undefined, keepMs: () => 0 });
  let holdings = 0;
  return {
    clock,
    desk,
    leases,
    reports,
    ports: { desk, clock, waitMsMax: 250, onTrouble: () => undefined, isReady: () => true },
    holdReports() {
      const { promise, resolve } = Promise.withResolvers<void>();
      reportsAnswered = promise;
      return () => (resolve(), settled());
    },
    holdingOf(over = {}) {
      const budget = budgetOf({ name: `budget-${(holdings += 1)}`, ...over });
      const account = accountOf(budget, {});
      if (account === null) throw new Error("the budget is about a subject");
      return new Holding(account, sliceAt(budget.window, clock.nowMs()), null);
    },
  };
}

/** A hard budget of 100 a day for everything. */
export function budgetOf(over: Partial<Budget> = {}): Budget {
  return testBudget({ limit: 100n, window: { kind: "calendar", unit: "day", zone: "UTC" }, ...over });
}
