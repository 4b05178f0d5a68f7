import { Buffer } from "node:buffer";
import { nextEventEnd } from "./event-boundary.ts";

/** Bytes kept from the start of a stream, to be read at its end. */
const headBytesMax = 16 * 1024;
/** The head's first buffer; it doubles as the stream grows, since most answers are short. */
const headBytesMin = 4 * 1024;
/** Bytes of one of the two generations of a longer stream's end: the usage, the finish and an error stand there. */
const tailBytes = 8 * 1024;

/**
 * What an observer remembers of a stream: the first 16 KiB and, of a longer stream, the last 8 to 16 KiB. All of it
 * is copied. A piece is a window of the network buffer it came in, 64 KiB on a fast connection, and one reference would
 * hold all of that for as long as the reader stalls; the copy costs less than 0.1 us.
 */
export class KeptBytes {
  /** All bytes of the stream until now. */
  totalBytes = 0;
  #head: Buffer | null = null;
  #headBytes = 0;
  #headIsFull = false;
  #tail: Buffer | null = null;
  #tailUsed = 0;
  #olderTail: Buffer | null = null;
  #olderUsed = 0;
  #hasGap = false;

  add(piece: Uint8Array): void {
    const { byteLength } = piece;
    this.totalBytes += byteLength;
    if (!this.#headIsFull) {
      const end = this.#headBytes + byteLength;
      // The first piece is kept whatever its size: it may be all there is.
      if (end <= headBytesMax || this.#head === null) {
        this.#addToHead(piece, end);
        return;
      }
      this.#headIsFull = true;
    }
    if (byteLength > tailBytes) {
      this.#startTailWith(piece);
      return;
    }
    if (this.#tail === null || this.#tailUsed + byteLength > this.#tail.length) this.#turnTail();
    this.#tail?.set(piece, this.#tailUsed);
    this.#tailUsed += byteLength;
  }

  /** Head and tail joined. A gap between them is closed with a blank line, so that no event is made of two halves. */
  read(): Uint8Array {
    const parts: Uint8Array[] = [];
    if (this.#head !== null) parts.push(this.#head.subarray(0, this.#headBytes));
    if (this.#hasGap) parts.push(Buffer.from("\n\n"));
    if (this.#olderTail !== null) parts.push(this.#olderTail.subarray(0, this.#olderUsed));
    if (this.#tail !== null) parts.push(this.#tail.subarray(0, this.#tailUsed));
    return Buffer.concat(parts);
  }

  #addToHead(piece: Uint8Array, end: number): void {
    if (this.#head === null || end > this.#head.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(headBytesMin, end, Math.min(headBytesMax, 2 * this.#headBytes)));
      this.#head?.copy(grown, 0, 0, this.#headBytes);
      this.#head = grown;
    }
    this.#head.set(piece, this.#headBytes);
    this.#headBytes = end;
  }

  /** The tail becomes the older one, whose bytes are dropped; its buffer is used again. */
  #turnTail(): void {
    const free = this.#olderTail;
    this.#hasGap ||= free !== null;
    this.#olderTail = this.#tail;
    this.#olderUsed = this.#tailUsed;
    this.#tail = free !== null && free.length === tailBytes ? free : Buffer.allocUnsafeSlow(tailBytes);
    this.#tailUsed = 0;
  }

  /** A piece longer than a tail is one: its last whole events, or all of it when it holds the end of one event only. */
  #startTailWith(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    const cut = nextEventEnd(bytes, bytes.length - tailBytes, false);
    const from = cut === -1 || cut === bytes.length ? 0 : cut;
    this.#hasGap ||= from > 0 || this.#tail !== null;
    this.#olderTail = null;
    this.#olderUsed = 0;
    this.#tail = Buffer.allocUnsafeSlow(bytes.length - from);
    this.#tailUsed = bytes.copy(this.#tail, 0, from);
  }
}
