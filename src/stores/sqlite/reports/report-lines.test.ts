import { expect, test } from "vitest";
import type { Latency } from "./read-latency.ts";
import { dearestFirst, withLatency, type LineSums } from "./report-lines.ts";

test("lines stand by falling cost, equal ones as they stood", () => {
  const lines = ([1n, 3n, -2n, 3n, 1n, 2n ** 70n] as const).map((costPicoUsd, at) => ({ costPicoUsd, at }));
  expect(lines.toSorted(dearestFirst).map(({ at }) => at)).toEqual([5, 1, 3, 0, 4, 2]);
  expect([dearestFirst({ costPicoUsd: 7n }, { costPicoUsd: 7n })]).toEqual([0]);
});

const sums = (requests: number): LineSums => ({ key: "one", requests }) as LineSums;
const known = (exact: boolean): ReadonlyMap<string, Latency> => new Map([["one", { p50Us: 5, p99Us: 9, exact }]]);

test("a line says how its latency is known", () => {
  expect(withLatency(sums(1), known(true))).toEqual({ requests: 1, p50Us: 5, p99Us: 9, latency: "exact" });
  expect(withLatency(sums(1), known(false))).toEqual({ requests: 1, p50Us: 5, p99Us: 9, latency: "approximate" });
  expect(withLatency(sums(1), new Map())).toEqual({ requests: 1, p50Us: null, p99Us: null, latency: "unknown" });
  expect(withLatency(sums(0), known(false))).toEqual({ requests: 0, p50Us: 0, p99Us: 0, latency: "exact" });
});
