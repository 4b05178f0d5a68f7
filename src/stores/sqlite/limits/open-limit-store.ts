import { randomUUID } from "node:crypto";
import type { Clock } from "../../../spec/clock.ts";
import type { LimitStore } from "../../../spec/limit-store.ts";
import { createQueuedLimitStore, type LimitAnswer, type LimitCall } from "../../limit-calls.ts";
import { startLimitLink, type LimitLink } from "./limit-link.ts";
import type { FromLimitWorker, LimitBatch, LimitFaults } from "./limit-protocol.ts";

/** What a store of balances is opened with. */
export interface OpenLimitStoreOptions {
  /** Created with mode 0700 where it does not exist; every process that shares the budgets names the same one. */
  readonly directory: string;
  readonly clock: Clock;
  /** Longest wait for the other processes' transactions; then the call rejects. Default 2,000. */
  readonly lockWaitMs?: number;
  /** For tests only. */
  readonly faults?: LimitFaults;
}

/** Calls that may wait; further ones reject. */
const callsMax = 20_000;
/** Calls of one transaction: what came while the last one synced. */
const batchMax = 1_024;
const closeMsMax = 10_000;

interface Waiting {
  readonly call: LimitCall;
  readonly resolve: (answer: LimitAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Opens the balances: `budgets.sqlite` through `node:sqlite` in a thread, WAL, every commit synced, calls that wait grouped into one
 * transaction. Its tables and what holds in them are in docs/specs/budgets.md.
 * @throws FarthingError `config_invalid` when the file is newer than this version, or not a store of balances.
 */
export async function openLimitStore(options: OpenLimitStoreOptions): Promise<LimitStore> {
  const queue = new CallQueue(options.clock);
  await queue.open(options);
  return createQueuedLimitStore(
    (call) => queue.call(call),
    () => queue.close(),
  );
}

/** Calls on their way to the thread; one batch is there at a time. */
class CallQueue {
  readonly #clock: Clock;
  #link: LimitLink | null = null;
  #queue: Waiting[] = [];
  #inFlight: { readonly batch: LimitBatch; readonly waiting: readonly Waiting[] } | null = null;
  #sequence = 0;
  #scheduled = false;
  #closing: Promise<void> | null = null;
  #onDrained: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async open({ directory, clock, lockWaitMs = 2_000, faults = {} }: OpenLimitStoreOptions): Promise<void> {
    this.#link = await startLimitLink({ directory, link: randomUUID(), lockWaitMs, faults }, clock, {
      answered: (message) => this.#onAnswered(message),
      restarted: () => {
        if (this.#inFlight !== null) this.#link?.send(this.#inFlight.batch);
      },
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  call(call: LimitCall): Promise<LimitAnswer> {
    if (this.#closing !== null) return Promise.reject(new Error("The store of balances is closed."));
    if (this.#queue.length >= callsMax)
      return Promise.reject(new Error("Too many calls wait for the store of balances."));
    return new Promise((resolve, reject) => {
      this.#queue.push({ call, resolve, reject });
      this.#schedule();
    });
  }

  /** A turn of the event loop later: what is called in one turn shares one transaction. */
  #schedule(): void {
    if (this.#inFlight !== null || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#inFlight !== null || this.#queue.length === 0) return;
    const waiting = this.#queue.slice(0, batchMax);
    this.#queue = this.#queue.slice(batchMax);
    this.#sequence += 1;
    const calls = waiting.map(({ call }) => call);
    this.#inFlight = { batch: { sequence: this.#sequence, nowMs: this.#clock.nowMs(), calls }, waiting };
    this.#link?.send(this.#inFlight.batch);
  }

  #onAnswered(message: FromLimitWorker & { readonly kind: "answers" | "failed" }): void {
    const waiting = this.#inFlight?.waiting ?? [];
    this.#inFlight = null;
    for (const [index, { resolve, reject }] of waiting.entries()) {
      if (message.kind === "answers") resolve(message.answers[index] ?? null);
      else reject(new Error(message.message));
    }
    this.#send();
    if (this.#inFlight === null) this.#onDrained?.();
  }

  async #close(): Promise<void> {
    const drained = new Promise<void>((resolve) => {
      const giveUp = this.#clock.after(closeMsMax, resolve);
      this.#onDrained = () => {
        giveUp();
        resolve();
      };
    });
    this.#send();
    if (this.#inFlight === null) this.#onDrained?.();
    await drained;
    await this.#link?.close(closeMsMax);
    const lost = [...(this.#inFlight?.waiting ?? []), ...this.#queue];
    for (const { reject } of lost) reject(new Error("The store of balances was closed before it answered."));
  }
}
