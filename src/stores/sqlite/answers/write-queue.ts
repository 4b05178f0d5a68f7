import type { Clock } from "../../../spec/clock.ts";
import { AnswerFileError } from "./answer-failure.ts";
import type { EntryToStore, FromAnswerWriter, WriteAnswer, WriteBatch, WriteCommand } from "./answer-protocol.ts";
import { OpenBatch } from "./open-batch.ts";

/** Changes that may wait, and their bytes; further ones reject. */
const callsMax = 4_096;
const bytesMax = 32 << 20;
/**
 * Answers gather for so long, so that they share a transaction: one row in one of its own costs four times what it costs among a
 * hundred. Less than the second after which an answer has to survive a crash, and the tier has it meanwhile.
 */
const usualGatherMs = 20;
/** Entries whose hits are remembered until the next batch; those of further ones are not counted. */
const hitEntriesMax = 10_000;

/**
 * Changes on their way to the writing thread, in their order. Answers wait a moment for others, commands take along at once what waits;
 * what comes while one transaction is written shares the next.
 */
export class WriteQueue {
  readonly #send: (batch: WriteBatch, transfer: ArrayBuffer[]) => void;
  readonly #clock: Clock;
  readonly #gatherMs: number;
  /** Those that are full, and behind them the one that is being filled. */
  #batches: OpenBatch[] = [];
  #calls = 0;
  #bytes = 0;
  #inFlight: OpenBatch | null = null;
  #hits: Map<number, number> = new Map();
  /** The first batch need not wait any longer. */
  #isDue = false;
  #scheduled = false;
  #stopGathering: (() => void) | null = null;
  #ended: Error | null = null;
  #onDrained: (() => void) | null = null;

  constructor(
    clock: Clock,
    send: (batch: WriteBatch, transfer: ArrayBuffer[]) => void,
    gatherMs: number = usualGatherMs,
  ) {
    this.#clock = clock;
    this.#send = send;
    this.#gatherMs = gatherMs;
  }

  /** @returns a promise that all entries of one transaction share: it resolves when they are written. */
  store(entry: EntryToStore, nowMs: number): Promise<void> {
    const bytes = entry.body.length;
    const refused = this.#refusal(bytes);
    if (refused !== null) return Promise.reject(refused);
    const batch = this.#batchFor(bytes);
    batch.store(entry, nowMs);
    this.#count(bytes);
    if (this.#batches.length > 1 || this.#gatherMs === 0) this.#hurry();
    else this.#stopGathering ??= this.#clock.after(this.#gatherMs, () => this.#hurry());
    return batch.written;
  }

  call(command: WriteCommand, nowMs: number): Promise<WriteAnswer> {
    const refused = this.#refusal(0);
    if (refused !== null) return Promise.reject(refused);
    const answer = this.#batchFor(0).call(command, nowMs);
    this.#count(0);
    this.#hurry();
    return answer;
  }

  /** Counted with the next batch: nothing waits for it. */
  countHit(id: number): void {
    const before = this.#hits.get(id);
    if (before !== undefined || this.#hits.size < hitEntriesMax) this.#hits.set(id, (before ?? 0) + 1);
  }

  /** The thread's answer to the batch in flight. */
  answered(message: FromAnswerWriter & { readonly kind: "written" | "failed" }): void {
    const batch = this.#inFlight;
    this.#inFlight = null;
    if (message.kind === "written") batch?.resolve(message.answers);
    else batch?.reject(new AnswerFileError(message));
    this.#flush();
    if (this.#inFlight === null && this.#batches.length === 0) this.#onDrained?.();
  }

  /** The batch in flight is lost with its thread; the rest goes to the new one. */
  restarted(): void {
    const message = "The thread of the store of answers ended before it answered.";
    this.answered({ kind: "failed", message, cause: "other" });
  }

  /** Resolves when everything was answered. */
  drained(): Promise<void> {
    this.#isDue = true;
    this.#flush();
    if (this.#inFlight === null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onDrained = resolve;
    });
  }

  /** Rejects everything that waits and comes. */
  end(error: Error): void {
    this.#ended = error;
    this.#rest();
    const waiting = [...(this.#inFlight === null ? [] : [this.#inFlight]), ...this.#batches];
    this.#inFlight = null;
    this.#batches = [];
    for (const batch of waiting) batch.reject(error);
    this.#onDrained?.();
  }

  #refusal(bytes: number): Error | null {
    if (this.#ended !== null) return this.#ended;
    if (this.#calls < callsMax && this.#bytes + bytes <= bytesMax) return null;
    return new Error("Too much waits for the store of answers.");
  }

  #batchFor(bytes: number): OpenBatch {
    const last = this.#batches.at(-1);
    if (last?.hasRoom(bytes) === true) return last;
    const next = new OpenBatch();
    this.#batches.push(next);
    return next;
  }

  #count(bytes: number): void {
    this.#calls++;
    this.#bytes += bytes;
  }

  /** A turn of the event loop later: what is asked in one turn shares one transaction. */
  #hurry(): void {
    this.#isDue = true;
    if (this.#inFlight !== null || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const [batch] = this.#batches;
    if (this.#inFlight !== null || batch === undefined || !this.#isDue) return;
    this.#batches.shift();
    this.#inFlight = batch;
    this.#calls -= batch.calls;
    this.#bytes -= batch.bytes;
    if (this.#batches.length === 0) this.#rest();
    const hits = [...this.#hits];
    this.#hits = new Map();
    const { message, bodies } = batch.pack(hits);
    this.#send(message, [bodies]);
  }

  /** Nothing waits: the next answer gathers anew. */
  #rest(): void {
    this.#isDue = false;
    this.#stopGathering?.();
    this.#stopGathering = null;
  }
}
