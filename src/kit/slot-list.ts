/** Something that may stand in one {@link SlotList} at a time. The list alone writes `slot`; -1 while it stands in none. */
export interface Slotted {
  slot: number;
}

/**
 * The things under way: adding and removing are O(1), the order means nothing. A Set would do the same, but one that is added to
 * and removed from all the time is rehashed again and again, each dead table keeps its successor alive, and with it
 * everything that stood in it until the next major collection: for calls under way that cost a fifth of the CPU.
 */
export class SlotList<Item extends Slotted> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Adds an item that stands in no list. */
  add(item: Item): void {
    item.slot = this.#items.length;
    this.#items.push(item);
  }

  /** Takes an item out; nothing happens when it is not in. */
  remove(item: Item): void {
    const { slot } = item;
    if (this.#items[slot] !== item) return;
    const last = this.#items.pop();
    if (last !== undefined && last !== item) {
      this.#items[slot] = last;
      last.slot = slot;
    }
    item.slot = -1;
  }

  /** The items of this moment, safe against removals by whoever looks at them. */
  snapshot(): readonly Item[] {
    return [...this.#items];
  }
}
