import { expect, test } from "vitest";
import { cpuTimeCost } from "./cpu-time-cost.ts";

const hour = 40_000_000_000n;

test.each<[number, bigint, bigint]>([
  [3_600_000_000, hour, hour],
  [900, hour, 10_000n],
  [1, hour, 12n],
  [0.2, hour, 12n],
  [1, 1n, 1n],
  [20, hour, 223n],
])("%s us of a processor at %s an hour cost %s", (us, price, picoUsd) => {
  expect(cpuTimeCost(us, price)).toEqual({ state: "priced", picoUsd });
});

test.each<[number, bigint]>([
  [0, hour],
  [-3, hour],
  [Number.NaN, hour],
  [100, 0n],
])("%s us at %s an hour are free", (us, price) => {
  expect(cpuTimeCost(us, price)).toEqual({ state: "free", picoUsd: 0n });
});
