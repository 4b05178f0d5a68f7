import type { Clock } from "../spec/clock.ts";
import type { ReplyEnd, StreamControl, StreamReply, StreamSink } from "../spec/reply.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { TeeReader, type TeeSource } from "./tee-reader.ts";

/** Bounds of one tee. */
export interface TeeLimits {
  /** Bytes kept for readers that come later or read slower. */
  readonly bytesMax: number;
  /** Longest time a reader may hold up the others, milliseconds. */
  readonly stallMsMax: number;
}

/**
 * One stream for several readers. Everything is kept for those who join later, up to `bytesMax` (or what the shared
 * budget has left); beyond that only what the slowest reader still needs, and nobody can join any more. The fastest
 * reader sets the source's pace until that much is kept, then the slowest one does; a reader that holds up others for
 * longer than `stallMsMax` is cut.
 *
 * The first reader is the owner: whoever pays for the source. It is told the true end whenever the source is over, also
 * when it left or was cut long before. Others are told `endOf` the true end. When the last reader left, so does the tee.
 */
export class StreamTee implements StreamSink, TeeSource {
  readonly #source: StreamReply;
  readonly #limits: TeeLimits;
  readonly #budget: ByteBudget;
  readonly #clock: Clock;
  readonly #readers = new Set<TeeReader>();
  #control: StreamControl | null = null;
  #started = false;
  #canceled = false;
  #sourceWaits = false;
  #pieces: Uint8Array[] = [];
  /** Pieces that were dropped from the front; positions of readers count from the very first piece. */
  #dropped = 0;
  #bytesKept = 0;
  #bytesFromBudget = 0;
  #joinable = true;
  #ending: { readonly lastBytes: Uint8Array; readonly end: ReplyEnd } | null = null;
  #stopStallTimer: (() => void) | null = null;

  constructor(source: StreamReply, limits: TeeLimits, budget: ByteBudget, clock: Clock) {
    this.#source = source;
    this.#limits = limits;
    this.#budget = budget;
    this.#clock = clock;
  }

  /** Whether a reader that joins now still gets everything from the start. */
  get joinable(): boolean {
    return this.#joinable && this.#ending === null && !this.#canceled;
  }

  /**
   * Adds a reader; the first is the owner. It holds its place from now on, though it may open later.
   *
   * @param endOf what a reader that is not the owner is told in place of the true end.
   * @param cutBytes the dialect's error event for a reader that is cut because it holds up others.
   */
  join(endOf: ((end: ReplyEnd) => ReplyEnd) | null, cutBytes: () => Uint8Array): TeeReader {
    const reader = new TeeReader(this, endOf, cutBytes);
    this.#readers.add(reader);
    return reader;
  }

  /** Starts the source with the first reader that opens. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#control = this.#source.open(this);
    if (this.#canceled) this.#control.cancel();
  }

  chunk(bytes: Uint8Array): boolean {
    this.#pieces.push(bytes);
    this.#bytesKept += bytes.length;
    if (this.#joinable && this.#budget.take(bytes.length)) this.#bytesFromBudget += bytes.length;
    else this.#joinable = false;
    for (const reader of this.#readers) reader.pump();
    this.#trim();
    this.#sourceWaits = !this.#wantsMore();
    return !this.#sourceWaits;
  }

  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    this.#ending = { lastBytes, end };
    this.#stopStall();
    for (const reader of this.#readers) reader.pump();
    this.#release();
  }

  /** The piece at a position; undefined beyond the last. */
  pieceAt(position: number): Uint8Array | undefined {
    return this.#pieces[position - this.#dropped];
  }

  /** How the source ended; null while it goes on. */
  get ending(): { readonly lastBytes: Uint8Array; readonly end: ReplyEnd } | null {
    return this.#ending;
  }

  /** A reader moved on: the source may go on too. */
  moved(): void {
    this.#trim();
    if (!this.#sourceWaits || !this.#wantsMore()) return;
    this.#sourceWaits = false;
    this.#control?.resume();
  }

  /** A reader needs nothing more. */
  leave(reader: TeeReader): void {
    this.#readers.delete(reader);
    this.leftOrCut();
  }

  /** Whoever is left decides: nobody, and the source is cut. */
  leftOrCut(): void {
    if (this.#ending !== null) this.#release();
    else if ([...this.#readers].some((reader) => reader.isReading)) this.moved();
    else this.#cancel();
  }

  #cancel(): void {
    if (this.#canceled) return;
    this.#canceled = true;
    this.#stopStall();
    this.#control?.cancel();
  }

  #wantsMore(): boolean {
    let fastest = false;
    let reading = false;
    for (const reader of this.#readers) {
      if (!reader.isReading) continue;
      reading = true;
      if (!reader.isPaused) fastest = true;
    }
    if (!reading) return true;
    if (!fastest) return false;
    const full = this.#bytesKept > this.#limits.bytesMax || (!this.#joinable && this.#bytesKept > smallBytesMax);
    if (full) this.#startStall();
    else this.#stopStall();
    return !full;
  }

  /** Drops what nobody needs, once more is kept than may be. */
  #trim(): void {
    if (this.#joinable && this.#bytesKept <= this.#limits.bytesMax) return;
    this.#joinable = false;
    let slowest = this.#dropped + this.#pieces.length;
    for (const reader of this.#readers) if (reader.position < slowest) slowest = reader.position;
    const count = slowest - this.#dropped;
    if (count === 0) return;
    for (const piece of this.#pieces.splice(0, count)) this.#bytesKept -= piece.length;
    this.#dropped = slowest;
    this.#giveBack(Math.max(0, this.#bytesFromBudget - this.#bytesKept));
  }

  #startStall(): void {
    this.#stopStallTimer ??= this.#clock.after(this.#limits.stallMsMax, () => {
      this.#stopStallTimer = null;
      let slowest: TeeReader | null = null;
      for (const reader of this.#readers) {
        if (reader.isReading && reader.isPaused && (slowest === null || reader.position < slowest.position))
          slowest = reader;
      }
      slowest?.cut();
    });
  }

  #stopStall(): void {
    this.#stopStallTimer?.();
    this.#stopStallTimer = null;
  }

  /** The source is over and every reader has had everything. */
  #release(): void {
    if (this.#ending === null || this.#readers.size > 0) return;
    this.#pieces = [];
    this.#bytesKept = 0;
    this.#giveBack(this.#bytesFromBudget);
  }

  #giveBack(bytes: number): void {
    this.#bytesFromBudget -= bytes;
    this.#budget.give(bytes);
  }
}

/** What a tee may keep for slow readers once the shared budget has nothing left. */
const smallBytesMax = 65_536;
