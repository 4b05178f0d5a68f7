/** Slots that may be taken, of each four: a fuller table has long ways to walk. */
const takenOfFourMax = 3;
/** Two words: the hash, and the handle plus one (0: free). */
const slotBytes = 8;

/**
 * Finds entries by the hash of their place: a table with open addressing in one typed array, of one size for good, so
 * that nothing has to be copied at a bad moment and the garbage collector has nothing to walk. Linear probing; removal
 * closes the gap (Knuth, The Art of Computer Programming 3, 6.4, algorithm R), so no slot is lost to what was removed.
 */
export class AnswerIndex {
  /** Entries that it takes at most. */
  readonly entriesMax: number;
  readonly bytes: number;
  #entries = 0;
  readonly #mask: number;
  readonly #words: Uint32Array;

  /** @param slots a power of two. */
  constructor(slots: number) {
    this.#mask = slots - 1;
    this.#words = new Uint32Array(2 * slots);
    this.entriesMax = Math.floor((slots * takenOfFourMax) / 4);
    this.bytes = slots * slotBytes;
  }

  get entries(): number {
    return this.#entries;
  }

  /** @returns the first slot whose entry has this hash; -1: none. Another place may have the same hash. */
  first(hash: number): number {
    return this.#from(hash & this.#mask, hash);
  }

  /** @returns the next such slot after `slot`; -1: no more. */
  next(slot: number, hash: number): number {
    return this.#from((slot + 1) & this.#mask, hash);
  }

  handleAt(slot: number): number {
    return (this.#words[2 * slot + 1] ?? 0) - 1;
  }

  /** The caller sees to it that there is room, and that the handle is in no slot yet. */
  add(hash: number, handle: number): void {
    let slot = hash & this.#mask;
    while (this.#words[2 * slot + 1] !== 0) slot = (slot + 1) & this.#mask;
    this.#put(slot, hash, handle + 1);
    this.#entries++;
  }

  /** The entry lies elsewhere now. */
  move(hash: number, from: number, to: number): void {
    const slot = this.#slotOf(hash, from);
    if (slot >= 0) this.#put(slot, hash, to + 1);
  }

  remove(hash: number, handle: number): void {
    let gap = this.#slotOf(hash, handle);
    if (gap < 0) return;
    this.#entries--;
    for (let slot = gap; ;) {
      slot = (slot + 1) & this.#mask;
      const taken = this.#words[2 * slot + 1] ?? 0;
      if (taken === 0) break;
      const found = this.#words[2 * slot] ?? 0;
      // Whoever would be looked for beyond the gap stays; whoever would be looked for at it or before it moves there.
      if (((slot - (found & this.#mask)) & this.#mask) < ((slot - gap) & this.#mask)) continue;
      this.#put(gap, found, taken);
      gap = slot;
    }
    this.#put(gap, 0, 0);
  }

  clear(): void {
    this.#words.fill(0);
    this.#entries = 0;
  }

  #slotOf(hash: number, handle: number): number {
    let slot = this.first(hash);
    while (slot >= 0 && this.handleAt(slot) !== handle) slot = this.next(slot, hash);
    return slot;
  }

  #from(start: number, hash: number): number {
    for (let slot = start; this.#words[2 * slot + 1] !== 0; slot = (slot + 1) & this.#mask) {
      if (this.#words[2 * slot] === hash) return slot;
    }
    return -1;
  }

  #put(slot: number, hash: number, taken: number): void {
    this.#words[2 * slot] = hash;
    this.#words[2 * slot + 1] = taken;
  }
}

/** 32-bit hash of a text: FNV-1a over its UTF-16 units, then the finish of MurmurHash3, for the low bits choose the slot. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
