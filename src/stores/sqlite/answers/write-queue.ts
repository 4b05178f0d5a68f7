import { AnswerFileError } from "./answer-failure.ts";
import type { FromAnswerWriter, WriteAnswer, WriteBatch, WriteCall } from "./answer-protocol.ts";

/** Changes that may wait, and their bytes; further ones reject. */
const callsMax = 4_096;
const bytesMax = 32 << 20;
/** Changes of one transaction, and their bytes: others have their turn soon. */
const batchCallsMax = 128;
const batchBytesMax = 1 << 20;
/** Entries whose hits are remembered until the next batch; those of further ones are not counted. */
const hitEntriesMax = 10_000;

interface Waiting {
  readonly call: WriteCall;
  readonly nowMs: number;
  readonly bytes: number;
  readonly resolve: (answer: WriteAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Changes on their way to the writing thread: what comes while one transaction is written shares the next. */
export class WriteQueue {
  readonly #send: (batch: WriteBatch, transfer: ArrayBuffer[]) => void;
  #queue: Waiting[] = [];
  #bytes = 0;
  #inFlight: readonly Waiting[] | null = null;
  #hits: Map<number, number> = new Map();
  #scheduled = false;
  #ended: Error | null = null;
  #onDrained: (() => void) | null = null;

  constructor(send: (batch: WriteBatch, transfer: ArrayBuffer[]) => void) {
    this.#send = send;
  }

  call(call: WriteCall, nowMs: number): Promise<WriteAnswer> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const bytes = call.kind === "set" ? call.entry.body.length : 0;
    if (this.#queue.length >= callsMax || this.#bytes + bytes > bytesMax) {
      return Promise.reject(new Error("Too much waits for the store of answers."));
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ call, nowMs, bytes, resolve, reject });
      this.#bytes += bytes;
      this.#schedule();
    });
  }

  /** Counted with the next batch: nothing waits for it. */
  countHit(id: number): void {
    const before = this.#hits.get(id);
    if (before !== undefined || this.#hits.size < hitEntriesMax) this.#hits.set(id, (before ?? 0) + 1);
  }

  /** The thread's answer to the batch in flight. */
  answered(message: FromAnswerWriter & { readonly kind: "written" | "failed" }): void {
    const waiting = this.#inFlight ?? [];
    this.#inFlight = null;
    for (const [index, { resolve, reject }] of waiting.entries()) {
      const answer = message.kind === "written" ? message.answers[index] : undefined;
      if (message.kind === "failed") reject(new AnswerFileError(message));
      else if (answer === undefined) reject(new Error("The thread of the store of answers left a change out."));
      else resolve(answer);
    }
    this.#flush();
    if (this.#inFlight === null) this.#onDrained?.();
  }

  /** The batch in flight is lost with its thread; the rest goes to the new one. */
  restarted(): void {
    const message = "The thread of the store of answers ended before it answered.";
    this.answered({ kind: "failed", message, cause: "other" });
  }

  /** Resolves when everything was answered. */
  drained(): Promise<void> {
    this.#flush();
    if (this.#inFlight === null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onDrained = resolve;
    });
  }

  /** Rejects everything that waits and comes. */
  end(error: Error): void {
    this.#ended = error;
    const waiting = [...(this.#inFlight ?? []), ...this.#queue];
    this.#inFlight = null;
    this.#queue = [];
    this.#bytes = 0;
    for (const { reject } of waiting) reject(error);
    this.#onDrained?.();
  }

  /** A turn of the event loop later: what is asked in one turn shares one transaction. */
  #schedule(): void {
    if (this.#inFlight !== null || this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const first = this.#queue[0];
    if (this.#inFlight !== null || first === undefined) return;
    let count = 0;
    let bytes = 0;
    let nowMs = first.nowMs;
    const transfer: ArrayBuffer[] = [];
    for (const waiting of this.#queue) {
      if (count === batchCallsMax || (count > 0 && bytes + waiting.bytes > batchBytesMax)) break;
      count++;
      bytes += waiting.bytes;
      nowMs = waiting.nowMs;
      if (waiting.call.kind === "set") transfer.push(waiting.call.entry.body.buffer as ArrayBuffer);
    }
    this.#inFlight = this.#queue.splice(0, count);
    this.#bytes -= bytes;
    const hits = [...this.#hits];
    this.#hits = new Map();
    this.#send({ nowMs, calls: this.#inFlight.map(({ call }) => call), hits }, transfer);
  }
}
