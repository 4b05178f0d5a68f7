import { SlotList, type Slotted } from "../../kit/slot-list.ts";

/** Milliseconds between two looks. */
const tickMs = 50;

/** Something with deadlines of its own. */
export interface Ticked extends Slotted {
  /** Called once a tick with the ticker's time; may leave the ticker. */
  tick(nowMs: number): void;
}

/**
 * One timer for all calls under way, instead of one for each piece of a body. It runs while there are calls and looks
 * at each of them every 50 ms: a limit fires up to 50 ms late, 100 ms when the process was busy, and never early.
 */
export class CoarseTicker {
  readonly #entries = new SlotList<Ticked>();
  readonly #waiting: (() => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  #lookedAtMs = 0;
  #heldBack = false;

  /** Monotonic milliseconds, the clock of all deadlines here. */
  nowMs(): number {
    return performance.now();
  }

  add(entry: Ticked): void {
    this.#entries.add(entry);
    if (this.#timer !== null) return;
    this.#lookedAtMs = this.nowMs();
    this.#timer = setInterval(() => this.#look(), tickMs);
    this.#timer.unref();
  }

  remove(entry: Ticked): void {
    this.#entries.remove(entry);
    if (this.#entries.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves once nothing is under way. */
  async whenEmpty(): Promise<void> {
    if (this.#entries.size === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #look(): void {
    const nowMs = this.nowMs();
    const late = nowMs - this.#lookedAtMs > 2 * tickMs;
    this.#lookedAtMs = nowMs;
    // The process was busy: bytes may wait unread in the sockets. They get their turn before anybody is judged, once.
    this.#heldBack = late && !this.#heldBack;
    if (this.#heldBack) return;
    for (const entry of this.#entries.snapshot()) entry.tick(nowMs);
    if (this.#entries.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
