import type { EntryRow, EntryToStore, WriteAnswer, WriteBatch, WriteCommand } from "./answer-protocol.ts";

/** Changes of one transaction, and their bytes: others have their turn soon. */
const callsMax = 512;
const bytesMax = 1 << 20;

type Settle = PromiseWithResolvers<WriteAnswer>;

/** Changes that will share a transaction. */
export class OpenBatch {
  calls = 0;
  bytes = 0;
  readonly #changes: (EntryRow | WriteCommand)[] = [];
  readonly #bodies: Uint8Array[] = [];
  readonly #commands: Settle[] = [];
  readonly #written = Promise.withResolvers<void>();
  #nowMs = 0;

  constructor() {
    // Those who want to know ask for it themselves.
    this.#written.promise.catch(() => undefined);
  }

  /** Resolves when all of them are written; one promise for all who wait for that. */
  get written(): Promise<void> {
    return this.#written.promise;
  }

  /** Whether a change of so many bytes may come along; the first one may have any size. */
  hasRoom(bytes: number): boolean {
    return this.calls === 0 || (this.calls < callsMax && this.bytes + bytes <= bytesMax);
  }

  store(entry: EntryToStore, nowMs: number): void {
    const { fingerprint, owner, partition, isolation, key, generation, sequence } = entry;
    const { storedAtMs, endsAtMs, costPicoUsd, tags, body } = entry;
    const texts = [owner, partition, isolation, key, generation, tags] as const;
    this.#changes.push([fingerprint, ...texts, sequence, storedAtMs, endsAtMs, costPicoUsd, body.length]);
    this.#bodies.push(body);
    this.#count(body.length, nowMs);
  }

  call(command: WriteCommand, nowMs: number): Promise<WriteAnswer> {
    const settle = Promise.withResolvers<WriteAnswer>();
    this.#changes.push(command);
    this.#commands.push(settle);
    this.#count(0, nowMs);
    return settle.promise;
  }

  /** As it goes to the thread; `bodies` is the thread's from then on. */
  pack(hits: WriteBatch["hits"]): { readonly message: WriteBatch; readonly bodies: ArrayBuffer } {
    const bodies = this.#joinBodies();
    return { message: { nowMs: this.#nowMs, changes: this.#changes, bodies, hits }, bodies: bodies.buffer };
  }

  /** @param answers to the commands, in their order. */
  resolve(answers: readonly WriteAnswer[]): void {
    this.#written.resolve();
    for (const [index, { resolve, reject }] of this.#commands.entries()) {
      const answer = answers[index];
      if (answer === undefined) reject(new Error("The thread of the store of answers left a change out."));
      else resolve(answer);
    }
  }

  reject(error: Error): void {
    this.#written.reject(error);
    for (const { reject } of this.#commands) reject(error);
  }

  #joinBodies(): Uint8Array<ArrayBuffer> {
    const joined = new Uint8Array(this.bytes);
    let at = 0;
    for (const body of this.#bodies) {
      joined.set(body, at);
      at += body.length;
    }
    return joined;
  }

  #count(bytes: number, nowMs: number): void {
    this.calls++;
    this.bytes += bytes;
    this.#nowMs = nowMs;
  }
}
