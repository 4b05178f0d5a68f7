/** Bytes of an entry's numbers, before its place, its head and its body. */
const numbersBytes = 72;
/** Entries begin at multiples of it, so that their numbers can be read in place. */
export const alignmentBytes = 8;
/** Hits count half after this time: an answer that was the talk of the morning has no claim in the evening. */
const hitsHalfLifeMs = 6 * 3_600_000;

/** Where the numbers stand: words of 4 bytes and, behind them, numbers of 8. */
const words = { hash: 0, size: 1, place: 2, head: 3, body: 4, generation: 5, gone: 6 } as const;
const numbers = { sequence: 4, endsAt: 5, cost: 6, hits: 7, lastHit: 8 } as const;

/** What is written of an entry. */
export interface EntryText {
  readonly hash: number;
  /** Owner, partition and key in one text. */
  readonly place: string;
  readonly head: string;
  readonly pieces: readonly Uint8Array[];
}

/** What is known of an entry in numbers. */
export interface EntryNumbers {
  readonly generation: number;
  readonly sequence: number;
  readonly endsAtMs: number;
  /** Pico-dollars, rounded as a double rounds. */
  readonly cost: number;
  readonly hits: number;
  readonly nowMs: number;
}

/** @returns bytes that the entry takes. */
export function entryBytes({ place, head, pieces }: EntryText): number {
  let bytes = numbersBytes + Buffer.byteLength(place) + Buffer.byteLength(head);
  for (const piece of pieces) bytes += piece.length;
  return Math.ceil(bytes / alignmentBytes) * alignmentBytes;
}

/**
 * A block of memory to which entries are only appended. It lies outside of the heap: a million answers as objects would
 * keep the garbage collector busy for seconds. `at` is always the offset of an entry.
 */
export class Segment {
  readonly id: number;
  readonly capacity: number;
  used = 0;
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  readonly #numbers: Float64Array;

  constructor(id: number, capacity: number) {
    this.id = id;
    this.capacity = Math.ceil(capacity / alignmentBytes) * alignmentBytes;
    this.#bytes = Buffer.allocUnsafeSlow(this.capacity);
    this.#words = new Uint32Array(this.#bytes.buffer);
    this.#numbers = new Float64Array(this.#bytes.buffer);
  }

  /** @returns where the entry lies; the caller sees to it that it fits. */
  append(text: EntryText, size: number, over: EntryNumbers): number {
    const at = this.used;
    this.used += size;
    let end = at + numbersBytes;
    const place = this.#bytes.write(text.place, end);
    const head = this.#bytes.write(text.head, (end += place));
    const bodyAt = (end += head);
    for (const piece of text.pieces) {
      this.#bytes.set(piece, end);
      end += piece.length;
    }
    this.#words.set([text.hash, size, place, head, end - bodyAt, over.generation, 0], at / 4);
    this.#numbers.set([over.sequence, over.endsAtMs, over.cost, over.hits, over.nowMs], at / 8 + numbers.sequence);
    return at;
  }

  /** Takes over an entry of another segment as it is. @returns where it lies. */
  adopt(other: Segment, from: number): number {
    const at = this.used;
    const size = other.sizeOf(from);
    this.#bytes.set(other.#bytes.subarray(from, from + size), at);
    this.used += size;
    return at;
  }

  /** Offsets of the entries that were not removed, in the order they came. */
  *entries(): Generator<number> {
    for (let at = 0; at < this.used; at += this.sizeOf(at)) if (!this.isGone(at)) yield at;
  }

  sizeOf(at: number): number {
    return this.#word(at, words.size);
  }

  hashOf(at: number): number {
    return this.#word(at, words.hash);
  }

  generationOf(at: number): number {
    return this.#word(at, words.generation);
  }

  isGone(at: number): boolean {
    return this.#word(at, words.gone) !== 0;
  }

  sequenceOf(at: number): number {
    return this.#number(at, numbers.sequence);
  }

  endsAtMsOf(at: number): number {
    return this.#number(at, numbers.endsAt);
  }

  /** Hits, of which those long ago count less. */
  hitsOf(at: number, nowMs: number): number {
    const sinceMs = Math.max(0, nowMs - this.#number(at, numbers.lastHit));
    return this.#number(at, numbers.hits) * 2 ** (-sinceMs / hitsHalfLifeMs);
  }

  /** What a byte of it earns: hits times what each saves. An answer of unknown cost comes after all others that were hit. */
  densityOf(at: number, nowMs: number): number {
    return (this.hitsOf(at, nowMs) * Math.max(1, this.#number(at, numbers.cost))) / this.sizeOf(at);
  }

  placeOf(at: number): string {
    const start = at + numbersBytes;
    return this.#bytes.toString("utf8", start, start + this.#word(at, words.place));
  }

  headOf(at: number): string {
    const start = at + numbersBytes + this.#word(at, words.place);
    return this.#bytes.toString("utf8", start, start + this.#word(at, words.head));
  }

  /** A copy: segments are written again. */
  bodyOf(at: number): Uint8Array {
    const start = at + numbersBytes + this.#word(at, words.place) + this.#word(at, words.head);
    const bytes = this.#word(at, words.body);
    const copy = Buffer.allocUnsafe(bytes);
    this.#bytes.copy(copy, 0, start, start + bytes);
    return copy;
  }

  /** One more hit. @returns how many it makes. */
  countHit(at: number, nowMs: number): number {
    const hits = this.hitsOf(at, nowMs) + 1;
    this.#numbers[at / 8 + numbers.hits] = hits;
    this.#numbers[at / 8 + numbers.lastHit] = nowMs;
    return hits;
  }

  /** The entry was found alive at this stand of its owner's invalidations. */
  stamp(at: number, generation: number, sequence: number): void {
    this.#words[at / 4 + words.generation] = generation;
    this.#numbers[at / 8 + numbers.sequence] = sequence;
  }

  /** Forgets an entry; `erase`: its bytes too, which otherwise stay until the segment is written again. */
  remove(at: number, erase: boolean): void {
    this.#words[at / 4 + words.gone] = 1;
    if (erase) this.#bytes.fill(0, at + numbersBytes, at + this.sizeOf(at));
  }

  #word(at: number, word: number): number {
    return this.#words[at / 4 + word] ?? 0;
  }

  #number(at: number, place: number): number {
    return this.#numbers[at / 8 + place] ?? 0;
  }
}

/** Whether an entry that earned its keep may be kept. */
export type EntryJudge = (segment: Segment, at: number) => boolean;
