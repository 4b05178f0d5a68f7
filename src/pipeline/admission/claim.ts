import type { BudgetRefusal } from "../../spec/budget.ts";
import type { Clock } from "../../spec/clock.ts";
import type { LeaseAsk } from "../../spec/limit-store.ts";
import type { Holding } from "./holding.ts";
import { textOf, type LeaseDesk } from "./lease-desk.ts";

/** A soft account that is over its limit asks with it again after so long. */
const recheckUs = 1_000_000;
/** Times that one call asks anew because a soft account was over, or another call might have given its room back. */
const roundsMax = 16;

/** What claims share. */
export interface ClaimPorts {
  readonly desk: LeaseDesk;
  readonly clock: Clock;
  /** Longest wait for the store of balances. */
  readonly waitMsMax: number;
  readonly onTrouble: (detail: string) => void;
  /** False until what an earlier process of this owner left behind was recomputed. */
  readonly isReady: () => boolean;
}

/** What a call takes, or wants to take, of one account. */
export interface Part {
  readonly holding: Holding;
  readonly amount: bigint;
}

/** Takes all parts when leases cover them, and else none. */
export function takeIfCovered(parts: readonly Part[], { desk, clock }: ClaimPorts): boolean {
  for (const { holding, amount } of parts) if (!isCovered(holding, amount, clock)) return false;
  for (const { holding, amount } of parts) holding.take(amount);
  // Only now: asking for more gives idle room of others back, and what was checked must not be idle by then.
  for (const { holding, amount } of parts) {
    if (!holding.near && !holding.wishing && amount > 0n) void refillAhead(holding, amount, desk);
  }
  return true;
}

/** A part that the store is asked for. */
interface AskedPart extends Part {
  readonly ask: LeaseAsk;
  /** Pledges of this account that were put back until then. */
  readonly putBackBefore: number;
}

/**
 * One call's way to room that leases do not cover. Where leases cover an account it takes from them at once, a pledge; for the
 * others it asks the store, all or nothing. Refused by one, it puts every pledge back.
 */
export class Claim {
  readonly #parts: readonly Part[];
  readonly #ports: ClaimPorts;
  readonly #resolve: (refusal: BudgetRefusal | null) => void;
  #stopTimer: (() => void) | null = null;
  #pledged: readonly Part[] = [];
  #lacking: readonly Part[] = [];
  #over = false;

  private constructor(parts: readonly Part[], ports: ClaimPorts, resolve: (refusal: BudgetRefusal | null) => void) {
    this.#parts = parts;
    this.#ports = ports;
    this.#resolve = resolve;
  }

  /** Resolves null when all parts were taken, else why none was. Never rejects, never waits longer than `waitMsMax`. */
  static make(parts: readonly Part[], ports: ClaimPorts): Promise<BudgetRefusal | null> {
    return new Promise((resolve) => {
      const claim = new Claim(parts, ports, resolve);
      claim.#stopTimer = ports.clock.after(ports.waitMsMax, () =>
        claim.#unavailable(`no answer within ${ports.waitMsMax} ms`),
      );
      void claim.#round(roundsMax);
    });
  }

  async #round(roundsLeft: number): Promise<void> {
    this.#pledge();
    if (this.#lacking.length === 0) return this.#finish(null);
    if (!this.#ports.isReady()) return this.#unavailable("balances are not recomputed yet");
    const asked = this.#lacking.map((part) => this.#ask(part));
    try {
      const result = await this.#ports.desk.lease(
        asked.map(({ ask }) => ask),
        asked.map(({ holding }) => holding),
      );
      clearWishes(asked);
      if ("granted" in result) this.#granted(asked, result.granted);
      else this.#refused(asked[result.refused], result.remaining, roundsLeft);
    } catch (error) {
      clearWishes(asked);
      this.#unavailable(textOf(error));
    }
  }

  #pledge(): void {
    const { clock } = this.#ports;
    this.#pledged = this.#parts.filter(({ holding, amount }) => isCovered(holding, amount, clock));
    this.#lacking = this.#parts.filter((part) => !this.#pledged.includes(part));
    for (const { holding, amount } of this.#pledged) {
      holding.take(amount);
      holding.pledges += 1;
    }
  }

  #ask({ holding, amount }: Part): AskedPart {
    const { limit } = holding.account.budget;
    const wished = holding.wishing ? 0n : holding.pace.wishFor(amount);
    if (wished > 0n) holding.wishing = true;
    const ask = askFor(holding, isOver(holding, this.#ports.clock) ? null : limit, amount, wished);
    return { holding, amount, ask, putBackBefore: holding.pledgesPutBack };
  }

  #granted(asked: readonly AskedPart[], granted: readonly bigint[]): void {
    for (const [place, { holding, amount, ask }] of asked.entries()) {
      const leased = granted[place] ?? 0n;
      holding.leased += leased;
      if (ask.wished > 0n) holding.near = leased === ask.needed;
      if (ask.limit !== null) holding.over = false;
      this.#ports.desk.list(holding);
      // An answer that came too late: the room is nobody's, and goes back or serves the next call.
      if (this.#over) this.#ports.desk.changed(holding);
      else holding.take(amount);
    }
    this.#finish(null);
  }

  #refused(by: AskedPart | undefined, remaining: bigint, roundsLeft: number): void {
    if (by === undefined) throw new RangeError("the store of balances refused what it was not asked for");
    const { holding, amount, putBackBefore } = by;
    holding.near = true;
    if (this.#over) return;
    this.#unpledge(true);
    const soft = holding.account.budget.mode === "soft";
    if (soft) {
      holding.over = true;
      holding.recheckAtUs = this.#ports.clock.monotonicUs() + recheckUs;
    }
    const again = (): void => void (this.#over ? undefined : this.#round(roundsLeft - 1));
    // What this process held itself may be room by now, or soon: leased on top, or taken for a call that another account refuses.
    const cameBack = holding.room + remaining >= amount;
    const roomCame = cameBack || holding.pledgesPutBack > putBackBefore;
    if (roundsLeft > 1 && (soft || roomCame)) again();
    else if (roundsLeft > 1 && holding.pledges > 0) holding.oncePledgeOver(again);
    else this.#finish(refusalBy(by, remaining));
  }

  /** Without the store hard accounts refuse; soft ones are taken from without a lease, and their usage counts all the same. */
  #unavailable(detail: string): void {
    if (this.#over) return;
    this.#ports.onTrouble(detail);
    const hard = this.#lacking.find(({ holding }) => holding.account.budget.mode === "hard");
    if (hard === undefined) {
      for (const { holding, amount } of this.#lacking) holding.take(amount);
      return this.#finish(null);
    }
    this.#unpledge(true);
    this.#finish(refusalBy(hard, null));
  }

  #finish(refusal: BudgetRefusal | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopTimer?.();
    this.#unpledge(false);
    this.#resolve(refusal);
  }

  #unpledge(putBack: boolean): void {
    const pledged = this.#pledged;
    this.#pledged = [];
    for (const { holding, amount } of pledged) {
      if (putBack) {
        holding.putBack(amount);
        this.#ports.desk.changed(holding);
      }
      holding.endPledge(putBack);
    }
  }
}

/** True when a part may be taken without asking; a soft account that is over its limit asks once a second. */
function isCovered(holding: Holding, amount: bigint, clock: Clock): boolean {
  return holding.covers(amount) && (!holding.over || isOver(holding, clock));
}

/** True for a soft account that had no room when it was asked within the last second. */
function isOver(holding: Holding, clock: Clock): boolean {
  return holding.over && clock.monotonicUs() < holding.recheckAtUs;
}

function clearWishes(asked: readonly AskedPart[]): void {
  for (const { holding, ask } of asked) if (ask.wished > 0n) holding.wishing = false;
}

function refusalBy({ holding: { account, slice }, amount }: Part, remaining: bigint | null): BudgetRefusal {
  return { account, remaining, wanted: amount, resetsAtMs: slice.resetsAtMs };
}

/** Asks for more room before the lease is used up, so that no call has to wait for it. */
async function refillAhead(holding: Holding, amount: bigint, desk: LeaseDesk): Promise<void> {
  const wished = holding.pace.wishFor(amount);
  if (holding.room * 2n >= wished) return;
  holding.wishing = true;
  const limit = holding.over ? null : holding.account.budget.limit;
  try {
    const result = await desk.lease([askFor(holding, limit, 0n, wished)], []);
    const top = "granted" in result ? (result.granted[0] ?? 0n) : 0n;
    holding.leased += top;
    holding.near = top === 0n;
    desk.changed(holding);
  } catch {
    // Nobody waits for it: a call that needs the store says what is wrong with it.
  } finally {
    holding.wishing = false;
  }
}

function askFor(holding: Holding, limit: bigint | null, needed: bigint, wished: bigint): LeaseAsk {
  const { startMs, windowStartMs } = holding.slice;
  return { account: holding.account.id, sliceStartMs: startMs, windowStartMs, limit, needed, wished };
}
