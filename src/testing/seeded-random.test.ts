import { expect, test } from "vitest";
import { createSeededRandom } from "./seeded-random.ts";

test("the same seed gives the same numbers, another seed others", () => {
  const first = createSeededRandom(7);
  const second = createSeededRandom(7);
  const other = createSeededRandom(8);
  const numbers = Array.from({ length: 50 }, () => first());
  expect(Array.from({ length: 50 }, () => second())).toEqual(numbers);
  expect(Array.from({ length: 50 }, () => other())).not.toEqual(numbers);
});

test("numbers lie in [0, 1) and spread evenly", () => {
  const random = createSeededRandom(1);
  const buckets = Array.from({ length: 10 }, () => 0);
  for (let draw = 0; draw < 20_000; draw++) {
    const number = random();
    expect(number >= 0 && number < 1).toBe(true);
    const bucket = Math.floor(number * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) expect(Math.abs(count - 2_000)).toBeLessThan(250);
});
