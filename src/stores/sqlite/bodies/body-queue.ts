import type { Clock } from "../../../spec/clock.ts";
import type { BodyAppend, BodyBatch, BodyErasure, FromBodyWorker } from "./body-protocol.ts";

/** What may wait for the disk; further bodies are refused at once. */
export const waitingMax = 10_000;
/** Their bytes together: 256 MiB. One body alone always fits. */
export const waitingBytesMax = 268_435_456;
/** Bodies of one transaction, and their bytes: a long transaction makes everybody in it wait. */
const batchMax = 256;
const batchBytesMax = 33_554_432;

interface Waiting {
  readonly item: BodyAppend | BodyErasure;
  readonly resolve: (erased: number) => void;
  readonly reject: (error: Error) => void;
  readonly stopTimer: () => void;
}

/**
 * Bodies on their way to the thread; one batch is there at a time, and what comes meanwhile becomes the next: that is the
 * group commit. Whoever waits longer than `waitMsMax` is told that it failed; it may be on disk all the same later.
 */
export class BodyQueue {
  readonly #clock: Clock;
  readonly #waitMsMax: number;
  readonly #send: (batch: BodyBatch) => void;
  #waiting: Waiting[] = [];
  #inFlight: readonly Waiting[] | null = null;
  #bytes = 0;
  #scheduled = false;
  #down: string | null = null;
  #onDrained: (() => void) | null = null;

  constructor(clock: Clock, waitMsMax: number, send: (batch: BodyBatch) => void) {
    this.#clock = clock;
    this.#waitMsMax = waitMsMax;
    this.#send = send;
  }

  /** Resolves when it is on disk, with the number of records an erasure made unreadable. */
  add(item: BodyAppend | BodyErasure): Promise<number> {
    if (this.#down !== null) return Promise.reject(new Error(this.#down));
    const bytes = bytesOf(item);
    const isFull = this.#waiting.length >= waitingMax || (this.#bytes > 0 && this.#bytes + bytes > waitingBytesMax);
    if (isFull) return Promise.reject(new Error("Too many bodies wait for the disk."));
    this.#bytes += bytes;
    return new Promise((resolve, reject) => {
      const late = (): void => reject(new Error(`The body was not on disk after ${this.#waitMsMax} ms.`));
      this.#waiting.push({ item, resolve, reject, stopTimer: this.#clock.after(this.#waitMsMax, late) });
      this.#schedule();
    });
  }

  /** The thread is done with its batch. */
  answered(message: FromBodyWorker & { readonly kind: "done" | "failed" }): void {
    const erased = message.kind === "done" ? [...message.erased] : [];
    for (const waiting of this.#takeInFlight()) {
      if (message.kind === "failed") waiting.reject(new Error(message.message));
      else waiting.resolve(waiting.item.kind === "erase" ? (erased.shift() ?? 0) : 0);
    }
    this.#flush();
    if (this.#inFlight === null) this.#onDrained?.();
  }

  /** There is no thread now: nobody waits for one. `null`: there is one again. */
  setDown(reason: string | null): void {
    this.#down = reason;
    if (reason === null) return;
    const all = [...this.#takeInFlight(), ...this.#waiting];
    this.#waiting = [];
    this.#bytes = 0;
    for (const { reject, stopTimer } of all) {
      stopTimer();
      reject(new Error(reason));
    }
    this.#onDrained?.();
  }

  /** Resolves when nothing waits any more, or after `waitMs`. */
  drained(waitMs: number): Promise<void> {
    this.#flush();
    if (this.#inFlight === null) return Promise.resolve();
    return new Promise((resolve) => {
      const giveUp = this.#clock.after(waitMs, resolve);
      this.#onDrained = () => {
        giveUp();
        resolve();
      };
    });
  }

  /** A turn of the event loop later: what is kept in one turn shares one sync. */
  #schedule(): void {
    if (this.#inFlight !== null || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#inFlight !== null || this.#waiting.length === 0) return;
    const size = batchSizeOf(this.#waiting);
    this.#inFlight = this.#waiting.slice(0, size);
    this.#waiting = this.#waiting.slice(size);
    this.#send(this.#inFlight.map(({ item }) => item));
  }

  #takeInFlight(): readonly Waiting[] {
    const taken = this.#inFlight ?? [];
    this.#inFlight = null;
    for (const { item, stopTimer } of taken) {
      this.#bytes -= bytesOf(item);
      stopTimer();
    }
    return taken;
  }
}

function bytesOf(item: BodyAppend | BodyErasure): number {
  return item.kind === "append" ? item.body.length : 0;
}

/** How many of the first go together. An erasure goes alone: what it says of itself must not be said of bodies. */
function batchSizeOf(waiting: readonly Waiting[]): number {
  let bytes = 0;
  for (const [index, { item }] of waiting.entries()) {
    bytes += bytesOf(item);
    if (index > 0 && (item.kind === "erase" || bytes > batchBytesMax)) return index;
    if (item.kind === "erase" || index + 1 === batchMax) return index + 1;
  }
  return waiting.length;
}
