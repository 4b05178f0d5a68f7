import { Buffer } from "node:buffer";

/** Bytes kept from the start of a stream, to be read at its end. */
const headBytesMax = 32 * 1024;
/** Bytes kept from its end once the head is full: the usage, the finish and an error stand there. */
const tailBytesMin = 16 * 1024;

/**
 * What an observer remembers of a stream: references to its pieces, the first 32 KiB and, of a longer stream, the
 * last 16 KiB and a bit. Nothing is copied until it is read.
 */
export class KeptBytes {
  /** All bytes of the stream until now. */
  totalBytes = 0;
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  #tail: Uint8Array[] = [];
  #olderTail: Uint8Array[] = [];
  #tailBytes = 0;
  #hasGap = false;

  add(piece: Uint8Array): void {
    this.totalBytes += piece.byteLength;
    if (this.#headBytes < headBytesMax) {
      this.#head.push(piece);
      this.#headBytes += piece.byteLength;
      return;
    }
    this.#tail.push(piece);
    this.#tailBytes += piece.byteLength;
    if (this.#tailBytes < tailBytesMin) return;
    // Two generations: the older one is dropped whole when the newer one alone is long enough.
    this.#hasGap ||= this.#olderTail.length > 0;
    this.#olderTail = this.#tail;
    this.#tail = [];
    this.#tailBytes = 0;
  }

  /** Head and tail joined. A gap between them is closed with a blank line, so that no event is made of two halves. */
  read(): Uint8Array {
    const gap = this.#hasGap ? [Buffer.from("\n\n")] : [];
    return Buffer.concat([...this.#head, ...gap, ...this.#olderTail, ...this.#tail]);
  }
}
