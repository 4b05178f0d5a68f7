import type { ReplyEnd, StreamControl, StreamSink } from "../spec/reply.ts";
import { unknownUsage } from "../spec/usage.ts";

const noBytes = new Uint8Array(0);

/** What a reader needs of its tee. */
export interface TeeSource {
  /** Starts the source with the first reader that opens. */
  start(): void;
  /** The piece at a position; undefined beyond the last. */
  pieceAt(position: number): Uint8Array | undefined;
  /** How the source ended; null while it goes on. */
  readonly ending: { readonly lastBytes: Uint8Array; readonly end: ReplyEnd } | null;
  /** A reader moved on: the source may go on too. */
  moved(): void;
  /** A reader needs nothing more. */
  leave(reader: TeeReader): void;
  /** A reader stays on the list and waits for nothing but the end. */
  leftOrCut(): void;
}

/**
 * One reader of a tee: its place in the stream and its pace.
 *
 * reading -> over   took everything, with the end
 * reading -> left   owner only: went away; is still given everything, at no pace, so that the answer can be stored
 * reading -> cut    held up the others for too long; the owner still learns the true end, without the pieces between
 * reading -> over   any other reader that went away or was cut: told so at once
 */
export class TeeReader implements StreamControl {
  readonly #tee: TeeSource;
  readonly #endOf: ((end: ReplyEnd) => ReplyEnd) | null;
  readonly #cutBytes: () => Uint8Array;
  #sink: StreamSink | null = null;
  #state: "reading" | "left" | "cut" | "over" = "reading";
  #paused = false;
  #position = 0;
  /** An end decided before the reader opened. */
  #earlyEnd: { readonly lastBytes: Uint8Array; readonly end: ReplyEnd } | null = null;

  constructor(tee: TeeSource, endOf: ((end: ReplyEnd) => ReplyEnd) | null, cutBytes: () => Uint8Array) {
    this.#tee = tee;
    this.#endOf = endOf;
    this.#cutBytes = cutBytes;
  }

  /** Whether somebody still waits for this reader's bytes. */
  get isReading(): boolean {
    return this.#state === "reading";
  }

  /** Whether it takes nothing at the moment; also true until it is opened. */
  get isPaused(): boolean {
    return this.#paused || this.#sink === null;
  }

  /** Pieces taken so far. A reader that needs none stands past the end. */
  get position(): number {
    return this.#state === "cut" || this.#state === "over" ? Number.POSITIVE_INFINITY : this.#position;
  }

  /** Starts the flow to `sink`. Called once. */
  open(sink: StreamSink): StreamControl {
    this.#sink = sink;
    const early = this.#earlyEnd;
    if (early !== null) sink.end(early.lastBytes, early.end);
    else {
      this.#tee.start();
      this.pump();
      this.#tee.moved();
    }
    return this;
  }

  /** Hands on what has come, as far as the reader takes it. */
  pump(): void {
    if (this.#sink === null || this.#state === "over") return;
    while (this.#state !== "cut" && !(this.#paused && this.#state === "reading")) {
      const piece = this.#tee.pieceAt(this.#position);
      if (piece === undefined) break;
      this.#position++;
      if (!this.#sink.chunk(piece)) this.#paused = true;
    }
    const { ending } = this.#tee;
    if (ending === null) return;
    if (this.#state === "cut") this.#finish(this.#cutBytes(), { ...ending.end, complete: false });
    else if (this.#tee.pieceAt(this.#position) === undefined) {
      this.#finish(ending.lastBytes, this.#endOf === null ? ending.end : this.#endOf(ending.end));
    }
  }

  resume(): void {
    this.#paused = false;
    this.pump();
    this.#tee.moved();
  }

  cancel(): void {
    if (this.#state !== "reading") return;
    if (this.#endOf === null) {
      this.#state = "left";
      this.pump();
      this.#tee.leftOrCut();
    } else this.#finish(noBytes, this.#endOf(goneEnd));
  }

  /** The tee's word that this reader held up the others for too long. */
  cut(): void {
    if (this.#endOf === null) {
      this.#state = "cut";
      this.#tee.leftOrCut();
    } else this.#finish(this.#cutBytes(), this.#endOf(goneEnd));
  }

  #finish(lastBytes: Uint8Array, end: ReplyEnd): void {
    if (this.#state === "over") return;
    this.#state = "over";
    if (this.#sink === null) this.#earlyEnd = { lastBytes, end };
    else this.#sink.end(lastBytes, end);
    this.#tee.leave(this);
  }
}

/** What a reader that does not stay to the end knows of it. */
const goneEnd: ReplyEnd = { complete: false, usage: unknownUsage, call: null, reused: null, settled: null };
