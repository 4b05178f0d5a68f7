import { expect, test } from "vitest";
import type { Cost } from "../spec/money.ts";
import { sampleAttempt, sampleRecord } from "../testing/ledger-conformance.ts";
import { mayBeBilled, settlementOf } from "./settle-record.ts";

const priced = (picoUsd: bigint): Cost => ({ state: "priced", picoUsd });
const unpriced: Cost = { state: "unpriced", picoUsd: null };

test.each<[string, Cost, Cost, bigint | null]>([
  ["a saving", priced(3n), priced(10n), 7n],
  ["a loss", priced(10n), priced(3n), -7n],
  ["an unknown cost", unpriced, priced(10n), null],
  ["an unknown baseline", priced(10n), unpriced, null],
])("the caller is told of %s", (_, cost, baseline, savedPicoUsd) => {
  expect(settlementOf(sampleRecord(1, { cost, baseline }))).toEqual({ cost, baseline, savedPicoUsd });
});

test("a row may be billed when any of its calls may", () => {
  const free = sampleAttempt(0, { cost: { state: "free", picoUsd: 0n } });
  const unknown = sampleAttempt(1, { cost: unpriced });
  expect([[], [free], [free, unknown]].map((attempts) => mayBeBilled(sampleRecord(1, { attempts })))).toEqual([
    false,
    false,
    true,
  ]);
});
