import type { ReplyEnd, StreamSink } from "../spec/reply.ts";

/**
 * The outer end of a stream whose source runs on its own: keeps what comes before somebody opens it or while the reader
 * pauses, and calls the sink's `end` once, after everything else. It holds no more than its source sends after it was
 * told to pause.
 */
export class StreamOutlet {
  readonly #waiting: Uint8Array[] = [];
  #sink: StreamSink | null = null;
  #ending: { readonly lastBytes: Uint8Array; readonly end: ReplyEnd } | null = null;
  #paced = true;
  #paused = false;

  /** Hands out what waited, then passes on directly. Returns as {@link resume}. */
  open(sink: StreamSink): boolean {
    this.#sink = sink;
    return this.resume();
  }

  /** Passes bytes on, or keeps them. False asks the source to pause. */
  pass(bytes: Uint8Array): boolean {
    if (this.#sink === null || this.#paused || this.#waiting.length > 0) {
      this.#waiting.push(bytes);
      return !this.#paced;
    }
    this.#paused = !this.#give(this.#sink, bytes) && this.#paced;
    return !this.#paused;
  }

  /** The source is over; the last call. */
  end(lastBytes: Uint8Array, end: ReplyEnd): void {
    this.#ending = { lastBytes, end };
    // The end needs no room: it leaves at once unless pieces wait before it.
    if (this.#waiting.length === 0) this.resume();
  }

  /**
   * The stream cannot go on. An end that waits is no longer a complete one; without one, `end` is it.
   *
   * @param lastBytes tell the reader that the answer is cut off.
   */
  breakOff(lastBytes: Uint8Array, end: ReplyEnd): void {
    this.end(lastBytes, this.#ending === null ? end : { ...this.#ending.end, complete: false });
  }

  /** An end waits for the reader. */
  get isEnding(): boolean {
    return this.#ending !== null;
  }

  /** The reader takes more. True when nothing waits, so that the source may go on. */
  resume(): boolean {
    if (this.#sink === null) return false;
    this.#paused = false;
    for (let bytes = this.#waiting.shift(); bytes !== undefined; bytes = this.#waiting.shift()) {
      if (!this.#give(this.#sink, bytes) && this.#paced) {
        this.#paused = true;
        break;
      }
    }
    if (this.#waiting.length > 0) return false;
    const ending = this.#ending;
    this.#ending = null;
    if (ending !== null) this.#sink.end(ending.lastBytes, ending.end);
    return !this.#paused;
  }

  /** A sink that fails gets nothing more but its end: the pieces behind the lost one would only hide the gap. */
  #give(sink: StreamSink, bytes: Uint8Array): boolean {
    try {
      return sink.chunk(bytes);
    } catch (error) {
      this.#waiting.length = 0;
      this.#paused = false;
      throw error;
    }
  }

  /** The reader left: what comes is still passed on, for those who store it, but nobody paces it any more. */
  ignorePace(): void {
    this.#paced = false;
    this.resume();
  }
}
