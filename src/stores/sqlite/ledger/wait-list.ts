import type { AppendResult } from "../../../spec/ledger.ts";

/** Somebody who waits until the row with this sequence number is on disk. */
interface Waiter {
  readonly sequence: number;
  readonly requestId: bigint;
  readonly deadlineUs: number;
  readonly resolve: (result: AppendResult) => void;
}

/**
 * Those who wait for a sync, in the order of their rows. Rows reach the disk in that order and all wait equally long, so
 * both ends of a wait, disk and deadline, come from the front; one timer serves all.
 */
export class WaitList {
  #waiters: Waiter[] = [];
  #head = 0;

  /** Number of those who wait. */
  get size(): number {
    return this.#waiters.length - this.#head;
  }

  /** When the longest wait ends, monotonic microseconds; null when nobody waits. */
  get nextDeadlineUs(): number | null {
    return this.#waiters[this.#head]?.deadlineUs ?? null;
  }

  add(sequence: number, requestId: bigint, deadlineUs: number, resolve: (result: AppendResult) => void): void {
    this.#waiters.push({ sequence, requestId, deadlineUs, resolve });
  }

  /** Rows up to this sequence number are on disk. */
  settle(committedSequence: number): void {
    for (let waiter = this.#waiters[this.#head]; waiter !== undefined; waiter = this.#waiters[this.#head]) {
      if (waiter.sequence > committedSequence) break;
      this.#head += 1;
      waiter.resolve("synced");
    }
    this.#compact();
  }

  /** Ends the waits that have lasted long enough with `spooled`, and returns the ids of their requests. */
  expire(nowUs: number): readonly bigint[] {
    const expired: bigint[] = [];
    for (let waiter = this.#waiters[this.#head]; waiter !== undefined; waiter = this.#waiters[this.#head]) {
      if (waiter.deadlineUs > nowUs) break;
      this.#head += 1;
      expired.push(waiter.requestId);
      waiter.resolve("spooled");
    }
    this.#compact();
    return expired;
  }

  /** Ends all waits with `dropped`: the rows will never be on disk. */
  abandon(): void {
    for (const waiter of this.#waiters.slice(this.#head)) waiter.resolve("dropped");
    this.#waiters.length = 0;
    this.#head = 0;
  }

  #compact(): void {
    if (this.#head === this.#waiters.length) {
      this.#waiters.length = 0;
      this.#head = 0;
    } else if (this.#head > 1_024) {
      this.#waiters = this.#waiters.slice(this.#head);
      this.#head = 0;
    }
  }
}
