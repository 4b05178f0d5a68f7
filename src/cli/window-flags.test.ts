import { expect, test } from "vitest";
import { amountsAsText, namesIn, windowOf } from "./window-flags.ts";

const nowMs = 1_800_000_000_000;

test.each([
  ["24h", 86_400_000],
  ["7d", 604_800_000],
  ["30d", 2_592_000_000],
  ["90m", 5_400_000],
])("--last %s is a window that ends now", (last, lengthMs) => {
  expect(windowOf(last, nowMs)).toEqual({ fromMs: nowMs - lengthMs, toMs: nowMs });
});

test.each(["", "0", "0h", "yesterday", "-1d", "7"])("--last %j is refused with an example", (last) => {
  expect(() => windowOf(last, nowMs)).toThrow(/--last takes a duration with its unit, such as 24h/);
});

test("names stand between commas, with or without spaces", () => {
  expect(namesIn(" feature, model,,user ")).toEqual(["feature", "model", "user"]);
  expect(namesIn("")).toEqual([]);
});

test("amounts beyond what a number holds keep every digit", () => {
  expect(amountsAsText({ costPicoUsd: 9_007_199_254_740_993n, lines: [{ savedPicoUsd: -1n }], requests: 2 })).toBe(
    '{"costPicoUsd":"9007199254740993","lines":[{"savedPicoUsd":"-1"}],"requests":2}',
  );
});
