import type { AdmissionResult, Budget, Reservation, Spend, Subject } from "../../spec/budget.ts";
import type { LimitStore } from "../../spec/limit-store.ts";
import { createMemoryLimitStore } from "../../stores/memory/limit-store.ts";
import { createFakeClock, type FakeClock } from "../../testing/fake-clock.ts";
import { createBudgetAdmission, type BudgetAdmissionOptions, type LeasedAdmission } from "./budget-admission.ts";
import { budgetOf } from "./test-desk.ts";

/** Admissions on one store in memory, with a clock that stands still. */
export interface AdmissionBench {
  readonly clock: FakeClock;
  readonly store: LimitStore;
  /** What was alarmed about, `code: detail`. */
  readonly alarms: string[];
  /** The store with other methods in places. */
  broken(over: Partial<LimitStore>): LimitStore;
  /** A started admission of owner `a`; `isSlow` where the clock must move for its store to answer. */
  begin(budgets: readonly Budget[], over?: Partial<BudgetAdmissionOptions>, isSlow?: boolean): Promise<LeasedAdmission>;
  /** Asks for so many pico-dollars, and ten times the tokens. */
  ask(admission: LeasedAdmission, amount: bigint, subject?: Subject): Promise<AdmissionResult>;
  /** As `ask`; throws when there is no room. */
  take(admission: LeasedAdmission, amount: bigint, subject?: Subject): Promise<Reservation>;
  /** Spent, held and presumed of all accounts together. */
  balance(): Promise<readonly [spent: bigint, held: bigint, presumed: bigint]>;
}

/** Makes a bench with an empty store. */
export function createAdmissionBench(): AdmissionBench {
  const clock = createFakeClock();
  const store = createMemoryLimitStore();
  const alarms: string[] = [];
  const alarm: BudgetAdmissionOptions["alarm"] = (code, detail) => alarms.push(`${code}: ${detail}`);
  const bench: AdmissionBench = {
    clock,
    store,
    alarms,
    broken: (over) => ({ ...store, ...over }),
    async begin(budgets, over = {}, isSlow = false) {
      const admission = createBudgetAdmission({ budgets, store, owner: "a", clock, alarm, ...over });
      const started = admission.start(() => Promise.resolve([]));
      if (isSlow) await clock.advanceAsync(1_000);
      await started;
      return admission;
    },
    ask: async (admission, amount, subject = {}) => admission.admit(subject, usd(amount), clock.nowMs()),
    async take(admission, amount, subject = {}) {
      const result = await bench.ask(admission, amount, subject);
      if ("refusal" in result) throw new Error(`refused, ${String(result.refusal.remaining)} left`);
      return result.reservation;
    },
    async balance() {
      let [spent, held, presumed] = [0n, 0n, 0n];
      for (const one of await store.balances(null, 0)) {
        spent += one.spent;
        held += one.held;
        presumed += one.presumed;
      }
      return [spent, held, presumed];
    },
  };
  return bench;
}

/** Three budgets within each other, the key's wide. */
export function nested(team: bigint, org: bigint): readonly Budget[] {
  return [
    budgetOf({ name: "key", subject: { key: "*" }, limit: 1_000n }),
    budgetOf({ name: "team", subject: { team: "*" }, limit: team }),
    budgetOf({ name: "org", limit: org }),
  ];
}

/** A budget with a limit that no test comes near. */
export const wide: Budget = budgetOf({ limit: 1_000_000n });

/** So many pico-dollars, and ten times the tokens. */
export function usd(picoUsd: bigint): Spend {
  return { picoUsd, tokens: picoUsd * 10n };
}

/** What is left by a refusal. */
export function remainingOf(result: AdmissionResult): bigint | null | "admitted" {
  return "refusal" in result ? result.refusal.remaining : "admitted";
}
