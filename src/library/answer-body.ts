/** Bytes that wait for a reader before the source is asked to pause; at a listener the system's buffers hold as much or more. */
const waitingBytesMax = 65_536;

/** Who is told what becomes of a body. */
export interface AnswerBodyListener {
  /** There is room again after `push` has said that there is none. */
  readonly onRoom: () => void;
  /** All that was pushed is read, or waits within the limit, and no more will come. */
  readonly onHandedOver: () => void;
  /** The reader wants no more. */
  readonly onCancel: () => void;
}

/** The body of a streamed answer: bytes are pushed in at the source's pace and read at the caller's. */
export class AnswerBody {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly #listener: AnswerBodyListener;
  readonly #waiting: Uint8Array<ArrayBuffer>[] = [];
  #controller: ReadableByteStreamController | null = null;
  #waitingBytes = 0;
  #pushedBytes = 0;
  /** A reader waits and there was nothing for it. */
  #hungry = false;
  #full = false;
  /** No more will come. */
  #ended = false;

  constructor(listener: AnswerBodyListener) {
    this.#listener = listener;
    this.stream = new ReadableStream({
      type: "bytes",
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#pull(),
      cancel: () => {
        this.#drop();
        this.#listener.onCancel();
      },
    });
  }

  /** Bytes ever pushed, and those of them that hold the source back: none while there is room. */
  get progress(): { readonly bytesWritten: number; readonly writeQueueSize: number } {
    const writeQueueSize = this.#waitingBytes >= waitingBytesMax ? this.#waitingBytes : 0;
    return { bytesWritten: this.#pushedBytes, writeQueueSize };
  }

  /** Takes a copy: readers own what they read, and these bytes may be an answer that is kept. False: wait for `onRoom`. */
  push(bytes: Uint8Array): boolean {
    if (this.#ended || bytes.byteLength === 0) return !this.#full;
    const copy = new Uint8Array(bytes);
    this.#pushedBytes += copy.byteLength;
    if (this.#hungry) {
      this.#hungry = false;
      this.#controller?.enqueue(copy);
      return true;
    }
    this.#waiting.push(copy);
    this.#waitingBytes += copy.byteLength;
    this.#full = this.#waitingBytes >= waitingBytesMax;
    return !this.#full;
  }

  /** The body is whole. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#waiting.length === 0) this.#close();
    if (!this.#full) this.#listener.onHandedOver();
  }

  /** The body breaks off: a reader gets `error` in place of what still waits. */
  fail(error: unknown): void {
    this.#drop();
    this.#controller?.error(error);
  }

  #drop(): void {
    this.#ended = true;
    this.#full = false;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }

  #pull(): void {
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#hungry = true;
      return;
    }
    this.#waitingBytes -= next.byteLength;
    this.#controller?.enqueue(next);
    if (this.#ended && this.#waiting.length === 0) this.#close();
    if (!this.#full || this.#waitingBytes >= waitingBytesMax) return;
    this.#full = false;
    if (this.#ended) this.#listener.onHandedOver();
    else this.#listener.onRoom();
  }

  #close(): void {
    this.#controller?.close();
    // A reader that waits with a buffer of its own is let go by this only.
    this.#controller?.byobRequest?.respond(0);
  }
}
