import type { Clock } from "../../spec/clock.ts";
import type { LeaseAsk, LeaseReport, LeaseResult, LimitStore } from "../../spec/limit-store.ts";
import type { Holding } from "./holding.ts";

/** Far from a limit, usage is reported and idle room looked for so often. */
export const tickMs = 250;
/** Leases last so long after their owner's last word. */
const leaseMs = 60_000;
const renewMs = 20_000;
const sweepEveryMs = 10_000;
/** Every so many sweeps, what no window counts any more is forgotten. */
const sweepsPerForget = 360;
/** Leases of the dead are kept this long at least: two of the longest calendar windows. */
const forgetAfterMs = 62 * 86_400_000;
/** Times that a desk that closes tells the store what it does not know yet. */
const closeTriesMax = 5;
const closeWaitMs = 2_000;
/** Holdings of one report. */
const reportMax = 256;
/** Leases whose answers are due. */
const leasesMax = 8_192;

/** What a desk needs from outside. */
export interface LeaseDeskOptions {
  readonly store: LimitStore;
  readonly owner: string;
  readonly clock: Clock;
  /** Told why the store could not be used. Must not throw. */
  readonly onTrouble: (detail: string) => void;
  /** Balances whose slices began before this long ago are of no sliding window any more. */
  readonly keepMs: () => number;
}

/**
 * The one place of a process that talks to the store of balances: leases, reports of what was used, idle room given back, leases
 * kept alive, the dead swept. Nothing it does is waited for by a call that its leases cover.
 */
export class LeaseDesk {
  readonly #options: LeaseDeskOptions;
  readonly #open = new Set<Holding>();
  readonly #urgent = new Set<Holding>();
  #tickTimer: (() => void) | null = null;
  #sweepTimer: (() => void) | null = null;
  #reporting = 0;
  #leasing = 0;
  #extendedAtMs = -Infinity;
  #sweeps = 0;
  #closed = false;
  #onQuiet: (() => void) | null = null;

  constructor(options: LeaseDeskOptions) {
    this.#options = options;
    this.#armSweep();
  }

  /** Holdings with something in them. */
  get size(): number {
    return this.#open.size;
  }

  /** Looks after a holding until it is drained. */
  list(holding: Holding): void {
    this.#open.add(holding);
    this.#armTick();
  }

  /** What became of a call's room is known: near the limit the store hears of it at once, else with the next tick. */
  changed(holding: Holding): void {
    this.list(holding);
    // A desk that is closed has no ticks.
    if (!holding.near && !this.#closed) return;
    if (this.#urgent.size === 0) void this.#reportSoon();
    this.#urgent.add(holding);
  }

  /** Asks for room. What the store does not know of the `emptied` and the urgent holdings, and their idle room, goes before it. */
  async lease(asks: readonly LeaseAsk[], emptied: readonly Holding[]): Promise<LeaseResult> {
    if (this.#closed || this.#leasing >= leasesMax) throw new Error("No further lease can be asked for.");
    const { store, owner, clock } = this.#options;
    for (const holding of emptied) holding.giveBack(0n);
    this.#report(emptied);
    this.#reportUrgent();
    this.#leasing += 1;
    try {
      const nowMs = clock.nowMs();
      const result = await store.lease(owner, asks, nowMs, nowMs + leaseMs);
      if ("granted" in result) this.#extendedAtMs = nowMs;
      return result;
    } finally {
      this.#leasing -= 1;
      this.#whenQuiet();
    }
  }

  /**
   * Gives all idle room back and resolves when the store knows everything, or has failed too often: what it does not know then
   * stays leased, and is recomputed at the next start. Calls under way keep their room.
   */
  async close(): Promise<void> {
    this.#closed = true;
    this.#tickTimer?.();
    this.#sweepTimer?.();
    for (let tries = 0; tries < closeTriesMax; tries++) {
      // Whoever asked for a lease that was answered just now lists it in this turn.
      await Promise.resolve();
      for (const holding of this.#open) {
        holding.giveBack(0n);
        if (holding.isTold) this.#open.delete(holding);
      }
      if (this.#open.size === 0 && this.#reporting === 0 && this.#leasing === 0) return;
      this.#report(this.#open);
      await this.#quiet();
    }
  }

  /** Resolves when the store has answered everything, or does not answer. */
  #quiet(): Promise<void> {
    return new Promise((resolve) => {
      const giveUp = this.#options.clock.after(closeWaitMs, resolve);
      this.#onQuiet = () => {
        giveUp();
        resolve();
      };
      this.#whenQuiet();
    });
  }

  #armTick(): void {
    if (this.#tickTimer !== null || this.#closed) return;
    this.#tickTimer = this.#options.clock.after(tickMs, () => {
      this.#tickTimer = null;
      this.#tick();
      if (this.#open.size > 0) this.#armTick();
    });
  }

  #tick(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const holding of this.#open) {
      holding.pace.tick();
      const current = nowMs < holding.slice.endMs && !holding.near;
      holding.giveBack(current ? holding.pace.worthKeeping() : 0n);
      if (holding.isDrained) this.#open.delete(holding);
    }
    // One at a time: while the store is slow, what happens gathers in the holdings, which grow no larger by it.
    if (this.#reporting === 0) this.#report(this.#open);
    if (this.#reporting === 0 && this.#open.size > 0 && nowMs - this.#extendedAtMs >= renewMs) void this.#send([], []);
  }

  /** After what else happens in this turn, so that calls that end together are one report. */
  async #reportSoon(): Promise<void> {
    await Promise.resolve();
    this.#reportUrgent();
  }

  #reportUrgent(): void {
    for (const holding of this.#urgent) holding.giveBack(0n);
    this.#report(this.#urgent);
    this.#urgent.clear();
  }

  #report(holdings: Iterable<Holding>): void {
    let owners: Holding[] = [];
    let reports: LeaseReport[] = [];
    for (const holding of holdings) {
      const report = holding.report();
      if (report === null) continue;
      owners.push(holding);
      reports.push(report);
      if (reports.length < reportMax) continue;
      void this.#send(owners, reports);
      owners = [];
      reports = [];
    }
    if (reports.length > 0) void this.#send(owners, reports);
  }

  async #send(holdings: readonly Holding[], reports: readonly LeaseReport[]): Promise<void> {
    const { store, owner, clock, onTrouble } = this.#options;
    const nowMs = clock.nowMs();
    this.#reporting += 1;
    try {
      await store.report(owner, reports, nowMs, nowMs + leaseMs);
      this.#extendedAtMs = nowMs;
    } catch (error) {
      for (const [index, report] of reports.entries()) holdings[index]?.takeBack(report);
      for (const holding of holdings) this.list(holding);
      onTrouble(textOf(error));
    }
    this.#reporting -= 1;
    this.#whenQuiet();
  }

  #armSweep(): void {
    this.#sweepTimer = this.#options.clock.after(sweepEveryMs, () => {
      this.#armSweep();
      const { store, clock, onTrouble, keepMs } = this.#options;
      const nowMs = clock.nowMs();
      const trouble = (error: unknown): void => onTrouble(textOf(error));
      store.sweep(nowMs).catch(trouble);
      if (this.#sweeps++ % sweepsPerForget > 0) return;
      store.forget(nowMs - Math.max(forgetAfterMs, keepMs())).catch(trouble);
    });
  }

  #whenQuiet(): void {
    if (this.#reporting === 0 && this.#leasing === 0) this.#onQuiet?.();
  }
}

/** The message of whatever was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
