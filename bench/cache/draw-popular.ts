import type { Random } from "../../src/spec/clock.ts";

/**
 * Draws one of `count` things by their popularity: the k-th is asked for in proportion to 1/k^exponent (Zipf). Questions to a
 * help page were seen at exponents about 1, queries to a search engine somewhat below (Breslau et al. 1999: 0.64 to 0.83).
 *
 * @returns a function that gives a place, 0 for the most popular one.
 */
export function createPopularity(count: number, exponent: number): (random: Random) => number {
  const upTo = new Float64Array(count);
  let total = 0;
  for (let place = 0; place < count; place += 1) {
    total += (place + 1) ** -exponent;
    upTo[place] = total;
  }
  return (random) => {
    const wanted = random() * total;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((upTo[middle] ?? 0) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Any element; the list must not be empty. */
export function drawOne<Item>(items: readonly Item[], random: Random): Item {
  return items[Math.floor(random() * items.length)] as Item;
}

/** Element at a place that may lie beyond the list's end: then counted from its start again. */
export function itemAt<Item>(items: readonly Item[], place: number): Item {
  return items[place % items.length] as Item;
}
