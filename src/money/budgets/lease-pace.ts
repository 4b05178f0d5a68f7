/** A lease is worth so many calls at least, so that a slow start does not ask for every call. */
const callsMin = 8n;
/** Ticks that the pace looks back over. */
const ticksPerPace = 4n;

/**
 * How fast an account's room is taken, to size its leases: about what the last four ticks took (a second, at four ticks a
 * second), and never less than a few calls. Whole amounts, no clock: whoever owns the ticks calls {@link tick}.
 */
export class LeasePace {
  #takenNow = 0n;
  #recent: bigint;
  #lastNeed = 0n;
  #idleTicks = 0;

  /** @param before the pace of the same account in the slice before this one. */
  constructor(before: LeasePace | null = null) {
    this.#recent = before === null ? 0n : before.#recent + before.#takenNow;
  }

  /** Counts what a call took. */
  take(amount: bigint): void {
    this.#takenNow += amount;
    this.#lastNeed = amount;
  }

  /** Ends a quarter of a second. */
  tick(): void {
    this.#idleTicks = this.#takenNow === 0n ? this.#idleTicks + 1 : 0;
    this.#recent = (this.#recent * (ticksPerPace - 1n)) / ticksPerPace + this.#takenNow;
    this.#takenNow = 0n;
  }

  /** What a lease should hold on top of a need. */
  wishFor(need: bigint): bigint {
    const pace = this.#recent + this.#takenNow;
    const few = need * callsMin;
    return pace > few ? pace : few;
  }

  /** Room worth keeping; 0 when nothing was taken for a second. */
  worthKeeping(): bigint {
    return this.#idleTicks >= Number(ticksPerPace) ? 0n : this.wishFor(this.#lastNeed);
  }
}
