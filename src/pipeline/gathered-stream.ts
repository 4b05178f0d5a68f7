import { FarthingError } from "../kit/farthing-error.ts";
import type { TeeReader } from "../kit/tee-reader.ts";
import type { CancelSignal } from "../spec/cancel-signal.ts";
import type { ReplyEnd, StreamControl, StreamSink } from "../spec/reply.ts";

/** A stream that is over, with all its bytes; the last piece holds the terminal event. */
export interface GatheredBytes {
  readonly pieces: readonly Uint8Array[];
  readonly end: ReplyEnd;
}

/**
 * Reads one shared stream to its end for those who cannot use it piece by piece. Takes everything at once, so it holds
 * nobody up; it stops when none of them waits any more.
 */
export class GatheredStream implements StreamSink {
  readonly #bytesMax: number;
  readonly #control: StreamControl;
  readonly #gathered: PromiseWithResolvers<GatheredBytes | null> = Promise.withResolvers();
  #pieces: Uint8Array[] = [];
  #size = 0;
  #waiting = 0;

  /** @param bytesMax more than this is not kept, and then nobody is given anything. */
  constructor(reader: TeeReader, bytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#control = reader;
    reader.open(this);
  }

  /** Nobody waits: it reads no further. */
  get isLeft(): boolean {
    return this.#waiting === 0;
  }

  /** The whole stream; null when there was more than may be kept. Rejects with `client_closed` when this caller leaves. */
  async read(signal: CancelSignal): Promise<GatheredBytes | null> {
    this.#waiting++;
    const leaving = Promise.withResolvers<never>();
    const leave = (): void =>
      leaving.reject(new FarthingError("client_closed", "The caller left before the shared answer."));
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    try {
      return await Promise.race([this.#gathered.promise, leaving.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
      this.#waiting--;
      if (this.#waiting === 0) this.#control.cancel();
    }
  }

  chunk(bytes: Uint8Array): boolean {
    this.#size += bytes.length;
    if (this.#size > this.#bytesMax) {
      this.#pieces = [];
      this.#gathered.resolve(null);
    } else this.#pieces.push(bytes);
    return true;
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    this.#gathered.resolve(this.#size > this.#bytesMax ? null : { pieces: [...this.#pieces, lastBytes], end });
    this.#pieces = [];
  }
}
