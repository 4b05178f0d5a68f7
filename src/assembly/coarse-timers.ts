import { SlotList, type Slotted } from "../kit/slot-list.ts";

/** Delays from here on are kept coarsely. */
export const coarseFromMs = 5000;

/** A timer fires with the first tick that begins after its time, seen by an interval of the same length: at most two of them late. */
const tickMs = 100;

/**
 * Timers for the deadlines that nearly every request sets and cancels: setting and cancelling one is a place in a list taken and
 * given back, a fifteenth of what a timer of the runtime costs. They fire up to 200 ms late, never early, and keep no process alive.
 */
export class CoarseTimers {
  readonly #nowMs: () => number;
  /** What is due in each tick, by the tick's number. */
  readonly #due: Map<number, SlotList<Entry>> = new Map();
  #ticker: NodeJS.Timeout | null = null;
  #lastTick = 0;

  /** @param nowMs monotonic milliseconds. */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Calls `run` once after `delayMs`. Returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void {
    if (this.#ticker === null) this.#start();
    const tick = Math.ceil((this.#nowMs() + delayMs) / tickMs);
    let entries = this.#due.get(tick);
    if (entries === undefined) {
      entries = new SlotList<Entry>();
      this.#due.set(tick, entries);
    }
    const entry: Entry = { slot: -1, run };
    const own = entries;
    own.add(entry);
    return () => {
      own.remove(entry);
    };
  }

  #start(): void {
    this.#lastTick = Math.floor(this.#nowMs() / tickMs);
    this.#ticker = setInterval(() => this.#advance(), tickMs);
    this.#ticker.unref();
  }

  #advance(): void {
    const now = Math.floor(this.#nowMs() / tickMs);
    while (this.#lastTick < now) {
      this.#lastTick++;
      const entries = this.#due.get(this.#lastTick);
      if (entries === undefined) continue;
      this.#due.delete(this.#lastTick);
      for (const { run } of entries.snapshot()) run();
    }
    if (this.#due.size > 0 || this.#ticker === null) return;
    clearInterval(this.#ticker);
    this.#ticker = null;
  }
}

interface Entry extends Slotted {
  readonly run: () => void;
}
