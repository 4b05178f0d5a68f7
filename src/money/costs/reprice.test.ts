import * as fc from "fast-check";
import { expect, test } from "vitest";
import { picoUsdPerUsd } from "../../spec/money.ts";
import type { Usage } from "../../spec/usage.ts";
import { costOfMix, mixOf, modelsAt } from "../book/compare-models.ts";
import { priceBookOf } from "../book/price-book.ts";
import { repriceCalls, type PricedCall } from "./reprice.ts";
import { freeCost, unpricedCost } from "./sum-costs.ts";
import { anyDocument, anyMoment, anyTokenUsage, anyUsage, documentOf } from "../prices/test-books.ts";

const anyCalls = fc.array(fc.record({ usage: anyUsage, startedAtMs: anyMoment, free: fc.boolean() }), {
  maxLength: 20,
});

test("history priced anew by its own book is as it was, and the differences to another add up", () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, anyCalls, (one, other, drawn) => {
      const [book, another] = [priceBookOf([one]), priceBookOf([other])];
      const calls = drawn.map(({ usage, startedAtMs, free }): PricedCall => {
        const cost = free ? freeCost : book.costOf("test", "m", usage, startedAtMs);
        return { vendor: "test", model: "m", usage, startedAtMs, cost };
      });
      const billed = calls.filter(({ cost }) => cost.state !== "free");
      for (const line of repriceCalls(calls, book)) {
        expect(line.repricedPicoUsd).toBe(line.recordedPicoUsd);
        expect([line.newlyPriced.calls, line.newlyUnpriced.calls]).toEqual([0, 0]);
      }
      const lines = repriceCalls(calls, another);
      const sum = (of: (line: (typeof lines)[number]) => bigint): bigint =>
        lines.reduce((all, line) => all + of(line), 0n);
      const costs = (by: typeof book): bigint =>
        billed.reduce(
          (all, { usage, startedAtMs }) => all + (by.costOf("test", "m", usage, startedAtMs).picoUsd ?? 0n),
          0n,
        );
      expect(sum(({ recordedPicoUsd, newlyUnpriced }) => recordedPicoUsd + newlyUnpriced.picoUsd)).toBe(costs(book));
      expect(sum(({ repricedPicoUsd, newlyPriced }) => repricedPicoUsd + newlyPriced.picoUsd)).toBe(costs(another));
      expect(sum(({ calls: count }) => BigInt(count))).toBe(BigInt(billed.length));
    }),
  );
});

test("history priced anew, by model, the one that changed most first", () => {
  const perCall = { steady: 10, risen: 4, fallen: 1, known: 2 };
  const book = priceBookOf(
    Object.entries(perCall).map(([vendor, usd]) =>
      documentOf({ usdPerMillion: { input: String(usd), output: "0" } }, { vendor }),
    ),
  );
  const usage: Usage = { source: "provider", tokens: { input: 1_000_000 } };
  const called = (vendor: string, usd: bigint | null): PricedCall => ({
    vendor,
    model: "m",
    usage,
    startedAtMs: Date.parse("2026-11-21T00:00:00Z"),
    cost: usd === null ? unpricedCost : { state: "priced", picoUsd: usd * picoUsdPerUsd },
  });
  const calls = [
    called("steady", 10n),
    called("risen", 1n),
    called("fallen", 5n),
    called("known", null),
    called("known", null),
    called("known", 2n),
    called("gone", 7n),
    called("gone", 8n),
    called("gone", null),
    called("gone", null),
  ];
  const lines = repriceCalls(calls, book).map(({ recordedPicoUsd, repricedPicoUsd, ...line }) => [
    [line.vendor, line.calls, line.unpriced],
    [recordedPicoUsd, repricedPicoUsd].map((amount) => amount / picoUsdPerUsd),
    [line.newlyPriced, line.newlyUnpriced].map((part) => [part.calls, part.picoUsd / picoUsdPerUsd]),
  ]);
  const none = [0, 0n];
  expect(lines).toEqual([
    [
      ["fallen", 1, 0],
      [5n, 1n],
      [none, none],
    ],
    [
      ["risen", 1, 0],
      [1n, 4n],
      [none, none],
    ],
    [
      ["steady", 1, 0],
      [10n, 10n],
      [none, none],
    ],
    [
      ["known", 3, 0],
      [2n, 2n],
      [[2, 4n], none],
    ],
    [
      ["gone", 4, 2],
      [0n, 0n],
      [none, [2, 15n]],
    ],
  ]);
});

test("a mix costs on a model what its calls cost there one by one, whichever context tier each is in", () => {
  let known = 0;
  fc.assert(
    fc.property(
      anyDocument,
      fc.array(anyTokenUsage, { minLength: 1, maxLength: 10 }),
      anyMoment,
      (document, drawn, atMs) => {
        // A mix knows no hours, service tiers, regions and discounts, and takes caches without a price as input.
        const entries = document.models.map((model) => ({
          ...model,
          prices: model.prices.map((entry) => ({ ...entry, hours: [] })),
        }));
        const plain = { ...document, models: entries, discounts: [], contracts: {} };
        const usages = drawn.map(({ tokens }): Usage => ({ source: "provider", tokens }));
        const list = modelsAt([plain], atMs);
        const [model] = list.models;
        if (model === undefined) return;
        const cost = costOfMix(mixOf(usages, list), model);
        const book = priceBookOf([plain]);
        const each = usages.map((usage) => book.costOf("test", "m", usage, atMs).picoUsd);
        if (each.includes(null) || cost.readAsInput.length > 0 || cost.missing.length > 0) return;
        known += 1;
        expect(cost.picoUsd).toBe(each.reduce((all: bigint, picoUsd) => all + (picoUsd ?? 0n), 0n));
      },
    ),
    { numRuns: 500 },
  );
  expect(known).toBeGreaterThan(100);
});
