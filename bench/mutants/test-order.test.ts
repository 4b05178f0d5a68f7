import { expect, it } from "vitest";
import { inOrder, type OrderedTest } from "./test-order.ts";

const test = (path: string, distance: number | null, kills: number, tookMs: number = 100): OrderedTest => ({
  path,
  reach: new Map(distance === null ? [] : [["src/a.ts", distance]]),
  kills: new Map([["src/a.ts", kills]]),
  tookMs,
});

it("a file's own tests come first, then those that noticed most for their time, then the nearest; the others not at all", () => {
  const tests = [
    test("src/far.test.ts", 3, 0),
    test("src/near.test.ts", 1, 0),
    test("src/sharp.test.ts", 4, 2),
    test("src/a.test.ts", 1, 0),
    test("src/slow.test.ts", 2, 2, 10_000),
    test("src/stranger.test.ts", null, 9),
  ];
  expect(inOrder(tests, "src/a.ts").map(({ path }) => path)).toEqual([
    "src/a.test.ts",
    "src/sharp.test.ts",
    "src/near.test.ts",
    "src/far.test.ts",
    "src/slow.test.ts",
  ]);
});
