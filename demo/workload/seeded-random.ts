import { createSeededRandom as createUnit } from "../../src/testing/seeded-random.ts";

/** A stream of choices that depends on nothing but the seed and the label it was made with. */
export interface SeededRandom {
  /** In [0, 1). */
  unit(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** One item; the list must not be empty. */
  pick<Item>(items: readonly Item[]): Item;
  /** A new list in another order. */
  shuffle<Item>(items: readonly Item[]): Item[];
}

/** FNV-1a, so that neighbouring seeds and labels start far apart. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state >>> 0;
}

/** Choices for one purpose (`label`): adding a draw for one purpose leaves all others as they were. */
export function createSeededRandom(seed: number, label: string): SeededRandom {
  const unit = createUnit(hash(`${seed}/${label}`));
  const integer = (min: number, max: number): number => min + Math.floor(unit() * (max - min + 1));
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[integer(0, items.length - 1)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  };
  const shuffle = <Item>(items: readonly Item[]): Item[] => {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = integer(0, last);
      const swapped = shuffled[last] as Item;
      shuffled[last] = shuffled[other] as Item;
      shuffled[other] = swapped;
    }
    return shuffled;
  };
  return { unit, integer, pick, shuffle };
}
