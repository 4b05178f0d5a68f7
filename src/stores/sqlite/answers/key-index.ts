import type { CacheScope } from "../../../spec/cache-scope.ts";

/**
 * Names an entry in 53 bits, a positive integer: two rounds of multiplication over the text (the scheme of cyrb53). No secret and no
 * proof: two entries that share one cost a needless look into the file, once in 10^10 lookups at a million entries.
 */
export function fingerprintOf({ owner, partition }: CacheScope, key: string): number {
  const text = `${owner}\n${partition}\n${key}`;
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return (high & 0x1fffff) * 2 ** 32 + (low >>> 0) || 1;
}

const slotsMin = 1_024;

/**
 * The fingerprints of everything that is stored, so that a miss asks no file: open addressing in one array of doubles, 8 bytes
 * a slot, at most two thirds of them taken. As large as the store has entries, which has a limit of its own.
 */
export class KeyIndex {
  #slots: Float64Array = new Float64Array(slotsMin);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(fingerprint: number): boolean {
    return this.#slots[this.#find(fingerprint)] === fingerprint;
  }

  add(fingerprint: number): void {
    const slot = this.#find(fingerprint);
    if (this.#slots[slot] === fingerprint) return;
    this.#slots[slot] = fingerprint;
    this.#size++;
    if (this.#size * 3 > this.#slots.length * 2) this.#resize(this.#slots.length * 2);
  }

  /** Those behind it move up, so that no search ends early and no tombstones gather. */
  delete(fingerprint: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = this.#find(fingerprint);
    if (slots[hole] !== fingerprint) return;
    this.#size--;
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const next = slots[at] ?? 0;
      if (next === 0) break;
      if (((at - homeOf(next, mask)) & mask) < ((at - hole) & mask)) continue;
      slots[hole] = next;
      hole = at;
    }
    slots[hole] = 0;
  }

  clear(): void {
    this.#slots = new Float64Array(slotsMin);
    this.#size = 0;
  }

  /** Takes all at once, without growing step by step. */
  load(fingerprints: Float64Array): void {
    let length = slotsMin;
    while (length * 2 < (this.#size + fingerprints.length) * 3) length *= 2;
    if (length > this.#slots.length) this.#resize(length);
    for (const fingerprint of fingerprints) this.add(fingerprint);
  }

  /** The slot of a fingerprint, or the empty one where it would go. */
  #find(fingerprint: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = homeOf(fingerprint, mask);
    for (;;) {
      const found = slots[slot];
      if (found === fingerprint || found === 0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #resize(length: number): void {
    const old = this.#slots;
    this.#slots = new Float64Array(length);
    for (const fingerprint of old) if (fingerprint !== 0) this.#slots[this.#find(fingerprint)] = fingerprint;
  }
}

function homeOf(fingerprint: number, mask: number): number {
  return (fingerprint >>> 0) & mask;
}
