import { expect, test } from "vitest";
import { readFlags, UsageError } from "./read-flags.ts";

test("without flags: 1,200 requests of seed 1, repeats in, gateway stays up", () => {
  expect(readFlags([])).toEqual({
    once: false,
    json: false,
    seed: 1,
    requests: 1_200,
    repeats: true,
    concurrency: 12,
    latencyPairs: 250,
    dataDirectory: null,
  });
});

test("flags are read, and --json ends after its document", () => {
  const words = ["--json", "--seed", "7", "--requests=2,000", "--no-repeats", "--concurrency", "4", "--data", "x"];
  expect(readFlags(words)).toMatchObject({
    once: true,
    json: true,
    seed: 7,
    requests: 2_000,
    repeats: false,
    concurrency: 4,
    dataDirectory: "x",
  });
  expect(readFlags(["--help"])).toBeNull();
});

test.each([["--unknown"], ["--requests", "10"], ["--seed", "-1"], ["--seed", "1.5"], ["--concurrency", "0"], ["word"]])(
  "%s %s is refused with what was expected",
  (...words) => {
    expect(() => readFlags(words)).toThrow(UsageError);
  },
);
