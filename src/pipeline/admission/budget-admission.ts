import type {
  Account,
  AdmissionResult,
  Budget,
  BudgetAdmission,
  Reservation,
  Spend,
  Subject,
} from "../../spec/budget.ts";
import type { Clock } from "../../spec/clock.ts";
import type { BalanceKey, LimitStore, SpentTruth } from "../../spec/limit-store.ts";
import type { AlarmCode } from "../../spec/metrics.ts";
import { amountOf } from "../../money/budgets/budget-slice.ts";
import { BudgetRule } from "./budget-rule.ts";
import { Claim, takeIfCovered, type ClaimPorts, type Part } from "./claim.ts";
import { LeaseDesk, textOf } from "./lease-desk.ts";

/** What an admission is made of. */
export interface BudgetAdmissionOptions {
  /** In the order of the config: the first without room is named in a refusal. */
  readonly budgets: readonly Budget[];
  readonly store: LimitStore;
  /** One data directory's ledger, also after a restart; at most one process speaks for it at a time. */
  readonly owner: string;
  readonly clock: Clock;
  /** Must not throw. */
  readonly alarm: (code: AlarmCode, detail: string) => void;
  /** Longest wait of a call for the store; then hard budgets refuse and soft ones admit. Default 250. */
  readonly waitMsMax?: number;
  /** Accounts of one budget that are remembered; what comes then shares one account. Default 10,000. */
  readonly accountsPerBudgetMax?: number;
}

/** An admission on leases, with its life beside it. */
export interface LeasedAdmission extends BudgetAdmission {
  /**
   * Recomputes what an earlier process of this owner left behind; until then hard budgets refuse. Call it once before the first
   * call. Resolves after the first try, goes on trying every second, never rejects.
   * @param truthOf what the owner's ledger says about these slices (`truthOf` of `money/budgets/fold-truth.ts`); those that it
   *   leaves out stay presumed.
   */
  start(truthOf: (keys: readonly BalanceKey[]) => Promise<readonly SpentTruth[]>): Promise<void>;
  /** Budgets of a changed config. Calls under way settle in the accounts that they were admitted to. */
  replaceBudgets(budgets: readonly Budget[]): void;
  /** Gives all idle room back and tells the store everything; call it when the last call has settled. Closes no store. */
  close(): Promise<void>;
}

const startAgainMs = 1_000;
const noAccounts: readonly Account[] = [];

/** Makes the one admission of a process. The states of a reservation and a lease are in docs/specs/budgets.md. */
export function createBudgetAdmission(options: BudgetAdmissionOptions): LeasedAdmission {
  return new AdmissionOnLeases(options);
}

class AdmissionOnLeases implements LeasedAdmission {
  readonly #options: BudgetAdmissionOptions;
  readonly #ports: ClaimPorts;
  readonly #desk: LeaseDesk;
  #rules: readonly BudgetRule[];
  #ready = false;
  #closed = false;

  constructor(options: BudgetAdmissionOptions) {
    const { store, owner, clock, alarm, budgets, accountsPerBudgetMax, waitMsMax = 250 } = options;
    const onTrouble = (detail: string): void => alarm("budget-unavailable", detail);
    this.#options = options;
    this.#rules = budgets.map((budget) => new BudgetRule(budget, accountsPerBudgetMax));
    this.#desk = new LeaseDesk({ store, owner, clock, onTrouble, keepMs: () => this.#slidingMs() });
    this.#ports = { desk: this.#desk, clock, waitMsMax, onTrouble, isReady: () => this.#ready };
  }

  admit(subject: Subject, atMost: Spend, nowMs: number): AdmissionResult | Promise<AdmissionResult> {
    const parts: GrowingPart[] = [];
    for (const rule of this.#rules) {
      const holding = rule.holdingFor(subject, nowMs);
      if (holding !== null) parts.push({ holding, amount: amountOf(rule.budget.measure, atMost) });
    }
    if (takeIfCovered(parts, this.#ports)) return { reservation: new LeasedReservation(parts, this.#ports) };
    return Claim.make(parts, this.#ports).then((refusal) =>
      refusal === null ? { reservation: new LeasedReservation(parts, this.#ports) } : { refusal },
    );
  }

  async start(truthOf: (keys: readonly BalanceKey[]) => Promise<readonly SpentTruth[]>): Promise<void> {
    const { store, owner, clock } = this.#options;
    try {
      const keys = await store.leasedBy(owner);
      if (keys.length > 0) await store.recompute(owner, await truthOf(keys));
      this.#ready = true;
    } catch (error) {
      this.#ports.onTrouble(textOf(error));
      if (!this.#closed) clock.after(startAgainMs, () => void this.start(truthOf));
    }
  }

  replaceBudgets(budgets: readonly Budget[]): void {
    const known = new Map(this.#rules.map((rule) => [textOfBudget(rule.budget), rule]));
    this.#rules = budgets.map(
      (budget) => known.get(textOfBudget(budget)) ?? new BudgetRule(budget, this.#options.accountsPerBudgetMax),
    );
  }

  close(): Promise<void> {
    this.#closed = true;
    return this.#desk.close();
  }

  /** Two of the longest sliding windows; -Infinity without one, for the desk keeps calendar windows anyway. */
  #slidingMs(): number {
    const windows = this.#rules.map(({ budget }) => budget.window);
    return Math.max(...windows.flatMap((window) => (window.kind === "sliding" ? [2 * window.lengthMs] : [])));
  }
}

/** A part that extensions add to. */
interface GrowingPart extends Part {
  amount: bigint;
}

class LeasedReservation implements Reservation {
  readonly exceeded: readonly Account[];
  readonly #ports: ClaimPorts;
  /** One for each account. */
  readonly #parts: readonly GrowingPart[];
  #ended = false;

  constructor(parts: readonly GrowingPart[], ports: ClaimPorts) {
    this.#parts = parts;
    this.#ports = ports;
    this.exceeded = parts.some(({ holding }) => holding.over)
      ? parts.filter(({ holding }) => holding.over).map(({ holding }) => holding.account)
      : noAccounts;
  }

  extend(more: Spend): boolean | Promise<boolean> {
    if (this.#ended) return false;
    const parts = this.#parts.map((grows) => {
      const { measure } = grows.holding.account.budget;
      // Another attempt is no other request.
      return { grows, holding: grows.holding, amount: measure === "requests" ? 0n : amountOf(measure, more) };
    });
    if (takeIfCovered(parts, this.#ports)) return this.#extended(parts);
    return Claim.make(parts, this.#ports).then((refusal) => refusal === null && this.#extended(parts));
  }

  settle(used: Spend): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const { holding, amount } of this.#parts) {
      holding.settle(amount, amountOf(holding.account.budget.measure, used));
      this.#ports.desk.changed(holding);
    }
  }

  release(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#putBack(this.#parts);
  }

  /** False when the reservation has ended meanwhile. */
  #extended(parts: readonly (Part & { readonly grows: GrowingPart })[]): boolean {
    if (this.#ended) this.#putBack(parts);
    else for (const { grows, amount } of parts) grows.amount += amount;
    return !this.#ended;
  }

  #putBack(parts: readonly Part[]): void {
    for (const { holding, amount } of parts) {
      holding.putBack(amount);
      this.#ports.desk.changed(holding);
    }
  }
}

function textOfBudget(budget: Budget): string {
  return JSON.stringify(budget, (_name, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}
