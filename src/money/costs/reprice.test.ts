import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Usage } from "../../spec/usage.ts";
import { costOfMix, mixOf, modelsAt } from "../book/compare-models.ts";
import { priceBookOf } from "../book/price-book.ts";
import { repriceCalls, type PricedCall } from "./reprice.ts";
import { statementOf } from "../statements/statement.ts";
import { statementsOf } from "../statements/statements.ts";
import { freeCost } from "./sum-costs.ts";
import { anyDocument, anyMoment, anyTokenUsage, anyUsage } from "../prices/test-books.ts";

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

test("a statement of sums by day is the statement of the calls", () => {
  const period = { from: "2026-11-13", to: "2026-12-01" };
  const credits = [{ id: "welcome", usd: "0.5", from: "2026-11-12", source: "a contract" }];
  fc.assert(
    fc.property(anyDocument, anyDocument, anyCalls, (one, other, drawn) => {
      const books = { list: priceBookOf([one]), contracted: priceBookOf([other]) };
      const calls = drawn.map(({ usage, startedAtMs }) => ({
        vendor: "test",
        model: "m",
        usage,
        startedAtMs,
        cost: books.contracted.costOf("test", "m", usage, startedAtMs),
      }));
      const items = calls.map(({ usage, startedAtMs, cost }) => ({
        atMs: startedAtMs,
        list: books.list.costOf("test", "m", usage, startedAtMs),
        contracted: cost,
      }));
      const earlier = statementOf({ credits }, items, { from: "2026-11-12", to: period.from });
      const used = { welcome: earlier.credits[0]?.usedPicoUsd ?? 0n };
      const [found] = statementsOf(calls, new Map([["test", { credits }]]), books, period);
      expect(found?.statement).toEqual(statementOf({ credits }, items, period, used));
      expect(found?.recordedPicoUsd).toBe(found?.statement.contractedPicoUsd);
    }),
  );
});
