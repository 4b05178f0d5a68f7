import * as fc from "fast-check";
import { expect, test } from "vitest";
import { inputTokenClasses, tokenClasses } from "../../spec/usage.ts";
import { priceBookOf } from "./price-book.ts";
import type { PriceEntry, VendorPrices } from "../prices/price-data.ts";
import { anyDocument, anyMoment, anyTokenUsage, anyUsage, documentOf } from "../prices/test-books.ts";

test("the lines of an explanation sum to the cost that costOf answers", () => {
  let known = 0;
  fc.assert(
    fc.property(anyDocument, anyUsage, anyMoment, (document, usage, atMs) => {
      const book = priceBookOf([document]);
      const { cost, lines, notes, source } = book.explain("test", "m", usage, atMs);
      expect(cost).toEqual(book.costOf("test", "m", usage, atMs));
      expect(source).toMatchObject({ text: "test", checked: "2026-11-21", from: null });
      const isUnpriced = cost.picoUsd === null;
      expect(notes.some((note) => note.startsWith("no price for"))).toBe(isUnpriced);
      const sum = lines.reduce((total, line) => total + line.picoUsd, 0n);
      expect(isUnpriced ? null : sum).toBe(cost.picoUsd);
      known += isUnpriced ? 0 : 1;
    }),
    { numRuns: 300 },
  );
  expect(known).toBeGreaterThan(100);
});

test("no usage of tokens within the bounds costs more than the worst case", () => {
  let known = 0;
  fc.assert(
    fc.property(anyDocument, anyTokenUsage, anyMoment, (document, usage, atMs) => {
      const book = priceBookOf([document]);
      let [input, output] = [0, 0];
      for (const name of tokenClasses) {
        if (inputTokenClasses.includes(name)) input += usage.tokens[name] ?? 0;
        else output += usage.tokens[name] ?? 0;
      }
      const { picoUsd } = book.costOf("test", "m", usage, atMs);
      if (picoUsd === null) return;
      known += 1;
      expect(book.worstCase("test", "m", input, output, atMs)).toBeGreaterThanOrEqual(picoUsd);
      expect(book.worstCase("test", "m", input + 7, output + 7, atMs)).toBeGreaterThanOrEqual(picoUsd);
    }),
    { numRuns: 1000 },
  );
  expect(known).toBeGreaterThan(200);
});

test("the worst case is reached: it is no looser than the dearest usage", () => {
  const document = {
    vendor: "test",
    serviceTiers: { priority: { percent: 175 } },
    regions: { us: { percent: 110 } },
    models: [
      {
        id: "m",
        prices: [
          {
            from: null,
            caching: "billed-writes",
            usdPerMillion: { input: "1", cacheWrite1h: "2", output: "4" },
            contextTiers: [{ aboveInputTokens: 1000, usdPerMillion: { input: "2", cacheWrite1h: "4", output: "6" } }],
            hours: [{ from: "01:00", to: "04:00", percent: 200 }],
            perRequest: "0.01",
            confidence: "high",
            source: "test",
            checked: "2026-11-21",
          },
        ],
      },
    ],
  };
  const book = priceBookOf([document]);
  const dearest = { source: "provider", serviceTier: "priority", region: "us" } as const;
  for (const cacheWrite1h of [1000, 1001]) {
    const usage = { ...dearest, tokens: { cacheWrite1h, output: 500 } };
    const atMs = Date.parse("2026-11-21T02:00:00Z");
    expect(book.worstCase("test", "m", cacheWrite1h, 500, 0)).toBe(book.costOf("test", "m", usage, atMs).picoUsd);
  }
});

const dearer = (aboveInputTokens: number, input: string): NonNullable<PriceEntry["contextTiers"]>[number] => ({
  aboveInputTokens,
  usdPerMillion: { input, output: "6" },
});

test("the worst case takes the table of its own input, whichever rule brings the table", () => {
  const usdPerMillion = { input: "1", output: "2" };
  const book = priceBookOf([
    documentOf({
      usdPerMillion,
      contextTiers: [dearer(1000, "9")],
      serviceTiers: { priority: { usdPerMillion, contextTiers: [dearer(100, "3")] } },
    }),
  ]);
  const worst = (input: number, output: number): bigint | null => book.worstCase("test", "m", input, output, 0);
  expect(worst(0, 5)).toBe(10_000_000n);
  expect(worst(100, 0)).toBe(100_000_000n);
  expect(worst(101, 0)).toBe(303_000_000n);
  expect(worst(2000, 0)).toBe(18_000_000_000n);
  const free = priceBookOf([documentOf({ usdPerMillion: { input: "0", output: "0" } })]);
  expect(free.worstCase("test", "m", 10, 10, 0)).toBe(0n);
});

test("a book that has been through JSON is the same book, and history priced by it comes out the same", () => {
  fc.assert(
    fc.property(anyDocument, anyUsage, anyMoment, (document, usage, atMs) => {
      const book = priceBookOf([document]);
      const again = priceBookOf([JSON.parse(JSON.stringify(document))]);
      expect(again.version).toBe(book.version);
      // Another question in between: nothing that was asked before shows in an answer.
      again.costOf("test", "m-2026-01-01", { source: "provider", tokens: { input: 1 } }, atMs - 1e9);
      expect(again.explain("test", "m", usage, atMs)).toEqual(book.explain("test", "m", usage, atMs));
    }),
  );
});

test("everything a document says is in the version", () => {
  fc.assert(
    fc.property(anyDocument, anyDocument, (left, right) => {
      fc.pre(JSON.stringify(left) !== JSON.stringify(right));
      expect(priceBookOf([left]).version).not.toBe(priceBookOf([right]).version);
    }),
  );
});

test("shipped documents price as any other, and are compiled at the first question about their vendor", () => {
  const document = documentOf({ usdPerMillion: { input: "1" } });
  const wrong = { ...documentOf({}), vendor: "wrong" };
  const usage = { source: "provider", tokens: { input: 3 } } as const;
  const checked = priceBookOf([document]);
  const shipped = priceBookOf([document], new Set([document]));
  expect(shipped.explain("test", "m", usage, 0)).toEqual(checked.explain("test", "m", usage, 0));
  expect(shipped.version).toBe(checked.version);
  expect(() => priceBookOf([document, wrong])).toThrow("it prices nothing");
  const lazy = priceBookOf([document, wrong], new Set([document, wrong]));
  expect(lazy.costOf("test", "m", usage, 0)).toEqual({ state: "priced", picoUsd: 3_000_000n });
  expect(() => lazy.costOf("wrong", "m", usage, 0)).toThrow("it prices nothing");
  // An operator's word about a shipped vendor is compiled with it, and checked at once.
  const over = { ...documentOf({ usdPerMillion: { input: "2" } }), vendor: "wrong", models: [] };
  expect(() => priceBookOf([wrong, over], new Set([wrong]))).toThrow("it prices nothing");
});

test("what is agreed lowers the worst case too: discounts on everything, capacity on the tokens", () => {
  const usdPerMillion = { input: "1", output: "2" };
  const clause = { models: "m", from: "2026-11-01", source: "contract" };
  const worst = (vendor: Partial<VendorPrices>, day: string): bigint | null =>
    priceBookOf([documentOf({ usdPerMillion, perRequest: "0.000001" }, vendor)]).worstCase(
      "test",
      "m",
      3,
      5,
      Date.parse(day),
    );
  const discounts = [{ ...clause, percentOff: 25 }];
  const provisioned = [{ ...clause, id: "ptu", usdPerHour: "1" }];
  // 3 x 1 + 5 x 2 + 1 = 14 millionths; three quarters of it; the fee alone.
  expect(worst({ discounts }, "2026-10-31")).toBe(14_000_000n);
  expect(worst({ discounts }, "2026-11-01")).toBe(10_500_000n);
  expect(worst({ contracts: { provisioned } }, "2026-10-31")).toBe(14_000_000n);
  expect(worst({ contracts: { provisioned } }, "2026-11-01")).toBe(1_000_000n);
  expect(priceBookOf([documentOf({ usdPerMillion })]).worstCase("test", "m", 3, 5, 0)).toBe(13_000_000n);
  const feeAlone = priceBookOf([documentOf({ perRequest: "0.000001" })]);
  expect(feeAlone.worstCase("test", "m", 3, 5, 0)).toBe(1_000_000n);
});

test("a share of a pico-dollar counts as a whole one in the worst case, and no less than the table itself", () => {
  const entry = { usdPerMillion: { input: "0.000003", output: "0.000003" } };
  const worst = (percent: number): bigint | null =>
    priceBookOf([documentOf({ ...entry, regions: { us: { percent } } })]).worstCase("test", "m", 10, 0, 0);
  expect(worst(110)).toBe(40n);
  expect(worst(100)).toBe(30n);
  expect(worst(50)).toBe(30n);
});
