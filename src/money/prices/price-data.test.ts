import { describe, expect, test } from "vitest";
import { readVendorPrices, type PriceEntry } from "./price-data.ts";
import { bareEntry, documentOf } from "./test-books.ts";

const times = <T>(count: number, one: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => one(index));
const entryWith = (entry: object): unknown => documentOf(entry as Partial<PriceEntry>);
const contracts = (terms: object): unknown => ({ vendor: "test", contracts: terms });
const gpu = { usdPerHour: "2", gpus: 1, inputTokensPerSecond: 1, outputTokensPerSecond: 1, utilisationPercent: 100 };
const clause = { id: "c", from: "2026-01-01", source: "x" };
const discount = { models: "m", percentOff: 100, from: "2026-01-01", source: "x" };
const hour = { from: "01:00", to: "02:00", percent: 200 };

function isTaken(document: unknown): boolean {
  try {
    readVendorPrices(document);
    return true;
  } catch {
    return false;
  }
}

describe("a price document takes at most", () => {
  test.each<[string, number, (count: number) => unknown]>([
    [
      "models",
      10_000,
      (count) => ({ vendor: "test", models: times(count, (id) => ({ id: `m${id}`, prices: [bareEntry] })) }),
    ],
    [
      "names of a model",
      100,
      (count) => ({ vendor: "test", models: [{ id: "m", aliases: times(count, String), prices: [bareEntry] }] }),
    ],
    [
      "entries of a model",
      100,
      (count) => ({ vendor: "test", models: [{ id: "m", prices: times(count, () => bareEntry) }] }),
    ],
    ["characters of a name", 200, (count) => ({ vendor: "v".repeat(count) })],
    [
      "context tiers",
      8,
      (count) =>
        entryWith({ contextTiers: times(count, (index) => ({ aboveInputTokens: index + 1, usdPerMillion: {} })) }),
    ],
    ["windows of hours", 50, (count) => entryWith({ hours: times(count, () => hour) })],
    ["days of a window", 7, (count) => entryWith({ hours: [{ ...hour, days: times(count, () => "mon") }] })],
    ["GPUs", 100_000, (gpus) => entryWith({ gpu: { ...gpu, gpus } })],
    [
      "tokens a second read",
      1_000_000_000,
      (inputTokensPerSecond) => entryWith({ gpu: { ...gpu, inputTokensPerSecond } }),
    ],
    [
      "tokens a second written",
      1_000_000_000,
      (outputTokensPerSecond) => entryWith({ gpu: { ...gpu, outputTokensPerSecond } }),
    ],
    ["percent of utilisation", 100, (utilisationPercent) => entryWith({ gpu: { ...gpu, utilisationPercent } })],
    ["percent off", 100, (percentOff) => ({ vendor: "test", discounts: [{ ...discount, percentOff }] })],
    ["discounts", 100, (count) => ({ vendor: "test", discounts: times(count, () => discount) })],
    ["credits", 100, (count) => contracts({ credits: times(count, () => ({ ...clause, usd: "1" })) })],
    ["commitments", 100, (count) => contracts({ commitments: times(count, () => ({ ...clause, usdPerMonth: "1" })) })],
    [
      "capacities",
      100,
      (count) => contracts({ provisioned: times(count, () => ({ ...clause, models: "m", usdPerHour: "1" })) }),
    ],
  ])("so many %s: %i", (_, most, documentOfSize) => {
    expect([isTaken(documentOfSize(most)), isTaken(documentOfSize(most + 1))]).toEqual([true, false]);
  });
});

test.each<[string, unknown, unknown]>([
  ["a machine at least", entryWith({ gpu }), entryWith({ gpu: { ...gpu, gpus: 0 } })],
  ["a token a second written", entryWith({ gpu }), entryWith({ gpu: { ...gpu, outputTokensPerSecond: 0 } })],
  [
    "a use above nothing",
    entryWith({ gpu: { ...gpu, utilisationPercent: 0.01 } }),
    entryWith({ gpu: { ...gpu, utilisationPercent: 0 } }),
  ],
  ["a source", entryWith({ source: "x" }), entryWith({ source: "" })],
  ["a note that says something", entryWith({ note: "x" }), entryWith({ note: "" })],
  [
    "a contract's source",
    contracts({ credits: [{ ...clause, usd: "1" }] }),
    contracts({ credits: [{ ...clause, usd: "1", source: "" }] }),
  ],
  [
    "a last day after the first",
    contracts({ credits: [{ ...clause, usd: "1", to: "2026-01-02" }] }),
    contracts({ credits: [{ ...clause, usd: "1", to: "2026-01-01" }] }),
  ],
  [
    "a commitment that ends with a month",
    contracts({ commitments: [{ ...clause, usdPerMonth: "1", to: "2026-02-01" }] }),
    contracts({ commitments: [{ ...clause, usdPerMonth: "1", to: "2026-02-02" }] }),
  ],
])("wants %s", (_, good, bad) => {
  expect([isTaken(good), isTaken(bad)]).toEqual([true, false]);
});
