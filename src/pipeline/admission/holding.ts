import type { Account } from "../../spec/budget.ts";
import type { LeaseReport } from "../../spec/limit-store.ts";
import type { BudgetSlice } from "../../money/budgets/budget-slice.ts";
import { LeasePace } from "../../money/budgets/lease-pace.ts";

/**
 * What this process has of one account in one slice: the books behind its leases. Plain sums, changed by nobody else while a
 * method runs. docs/specs/budgets.md numbers what holds between them.
 */
export class Holding {
  readonly account: Account;
  readonly slice: BudgetSlice;
  readonly pace: LeasePace;
  /** What the store holds for this process and is not over yet. */
  leased = 0n;
  /** Taken by calls under way. */
  reserved = 0n;
  /** Calls that took room here and still wait for another account. */
  pledges = 0;
  /** How many such calls gave their room back. */
  pledgesPutBack = 0;
  /** The last lease got nothing on top: room goes back and usage is reported at once. */
  near = false;
  /** A lease with a wish is under way. */
  wishing = false;
  /** A soft account that had no room when it was asked last. */
  over = false;
  /** When a soft account that is over asks with its limit again; monotonic microseconds. */
  recheckAtUs = 0;
  #used = 0n;
  #ended = 0n;
  #onPledgeOver: (() => void)[] = [];

  /** @param before the same account's holding in the slice before. */
  constructor(account: Account, slice: BudgetSlice, before: Holding | null) {
    this.account = account;
    this.slice = slice;
    this.pace = new LeasePace(before?.pace);
  }

  /** Leased and not taken; negative where a soft account took what nobody leased. */
  get room(): bigint {
    return this.leased - this.reserved;
  }

  /** True when a hard account may be taken from without asking. */
  covers(amount: bigint): boolean {
    return amount === 0n || this.leased - this.reserved >= amount;
  }

  take(amount: bigint): void {
    this.reserved += amount;
    this.pace.take(amount);
  }

  /** Nothing was used of what was taken. */
  putBack(amount: bigint): void {
    this.reserved -= amount;
  }

  /**
   * What was used takes the place of what was taken. More than was taken is covered by idle room first, and counts in full
   * where there is none.
   */
  settle(amount: bigint, used: bigint): void {
    this.reserved -= amount;
    this.#used += used;
    this.#end(used);
  }

  /** Ends the idle room beyond `keep`. */
  giveBack(keep: bigint): void {
    this.#end(this.room - keep);
  }

  /** What the store does not know yet, handed over; null when it knows all. */
  report(): LeaseReport | null {
    if (this.isTold) return null;
    const report = {
      account: this.account.id,
      sliceStartMs: this.slice.startMs,
      used: this.#used,
      ended: this.#ended,
    };
    this.#used = 0n;
    this.#ended = 0n;
    return report;
  }

  /** The store did not take a report: it goes into the next one. */
  takeBack(report: LeaseReport): void {
    this.#used += report.used;
    this.#ended += report.ended;
  }

  /** True when the store knows all of it. */
  get isTold(): boolean {
    return this.#used === 0n && this.#ended === 0n;
  }

  /** True when nothing is left to do for it. */
  get isDrained(): boolean {
    return this.isTold && this.leased === 0n && this.reserved === 0n && !this.wishing;
  }

  /** A call that took room here and waited for another account has it for good, or has put it back. */
  endPledge(putBack: boolean): void {
    this.pledges -= 1;
    if (putBack) this.pledgesPutBack += 1;
    const waiting = this.#onPledgeOver;
    this.#onPledgeOver = [];
    for (const run of waiting) run();
  }

  /** Calls back when the next pledge is over. */
  oncePledgeOver(run: () => void): void {
    this.#onPledgeOver.push(run);
  }

  #end(amount: bigint): void {
    const idle = this.room;
    const ended = amount < idle ? amount : idle;
    if (ended <= 0n) return;
    this.leased -= ended;
    this.#ended += ended;
  }
}
