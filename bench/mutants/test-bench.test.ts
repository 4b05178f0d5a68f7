import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findMutants } from "./find-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { openTestBench, type TestBench } from "./test-bench.ts";

const root = join(import.meta.dirname, "../..");
const file = "src/money/decimal.ts";
const [first, second] = findMutants(file, readFileSync(join(root, file), "utf8")) as [Mutant, Mutant];
let bench: TestBench;

beforeAll(async () => {
  bench = await openTestBench(root, (path) => path === "src/money/decimal.test.ts");
});
afterAll(() => bench.close());

it("the tests pass untouched, notice a mistake, and pass again", async () => {
  expect(await bench.setFailingAside()).toEqual([]);
  expect(await bench.judge(first)).toBe("killed");
  expect(await bench.judge(second)).toBe("killed");
  // A mutant that changes nothing: the bench says so, and did not leave the others behind.
  expect(await bench.judge({ ...first, text: first.original })).toBe("survived");
  expect(await bench.judge(first)).toBe("killed");
});

it("a mutant that loops for ever is noticed, and the next is judged as before", { timeout: 60_000 }, async () => {
  const endless = { ...first, text: "(() => { for (;;); })()" };
  expect(await bench.judge(endless)).toBe("timed-out");
  expect(await bench.judge({ ...first, text: first.original })).toBe("survived");
});

it("a file that no test reaches is noticed by none", async () => {
  const stray = { ...first, file: "src/money/costs/sum-costs.ts", start: 0, end: 0, original: "", text: "broken(" };
  expect(await bench.judge(stray)).toBe("survived");
});
