import { expect, test } from "vitest";
import { createSeededRandom } from "./seeded-random.ts";

function first(seed: number, label: string): number[] {
  const random = createSeededRandom(seed, label);
  return Array.from({ length: 20 }, () => random.integer(0, 999_999));
}

test("seed and label decide every draw, and neighbours have nothing in common", () => {
  expect(first(1, "a")).toEqual(first(1, "a"));
  expect(first(1, "a")).not.toEqual(first(2, "a"));
  expect(first(1, "a")).not.toEqual(first(1, "b"));
});

test("draws are spread evenly and stay in their range", () => {
  const random = createSeededRandom(5, "spread");
  const counts = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 20_000; draw += 1) {
    const value = random.integer(0, 9);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});

test("shuffling keeps every item and leaves the list given alone", () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const shuffled = createSeededRandom(1, "shuffle").shuffle(items);
  expect(shuffled.toSorted()).toEqual(items);
  expect(items).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(() => createSeededRandom(1, "none").pick([])).toThrow("nothing to pick from");
});
