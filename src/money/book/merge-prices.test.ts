import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FarthingError } from "../../kit/farthing-error.ts";
import { mergeDocuments } from "./merge-prices.ts";
import { priceBookOf } from "./price-book.ts";
import type { ModelPrices, PriceEntry } from "../prices/price-data.ts";
import { bareEntry } from "../prices/test-books.ts";

function entryOf(input: string, from: string | null, to?: string): PriceEntry {
  return { ...bareEntry, usdPerMillion: { input }, from, ...(to === undefined ? {} : { to }) };
}

function document(...models: readonly ModelPrices[]): unknown {
  return { vendor: "test", models };
}

/** Pico-dollars for a token of input on a day; null when no price is in force. */
function priceOn(documents: readonly unknown[], model: string, day: string): bigint | null {
  const usage = { source: "provider", tokens: { input: 1 } } as const;
  return priceBookOf(documents).costOf("test", model, usage, Date.parse(`${day}T12:00:00Z`)).picoUsd;
}

test("a negotiated price holds for its days, and the list price before and after them", () => {
  const list = document({ id: "m", prices: [entryOf("10", null, "2026-03-01"), entryOf("8", "2026-03-01")] });
  const contract = document({ id: "m", prices: [entryOf("5", "2026-02-01", "2026-04-01")] });
  const days = ["2026-01-31", "2026-02-01", "2026-03-31", "2026-04-01"];
  expect(days.map((day) => priceOn([list, contract], "m", day))).toEqual([
    10_000_000n,
    5_000_000n,
    5_000_000n,
    8_000_000n,
  ]);
});

test("a price without dates replaces everything under its names, and only there", () => {
  const list = document({ id: "m", aliases: ["m-latest"], prices: [entryOf("10", null)] });
  const own = document({ id: "m", aliases: ["m-new"], prices: [entryOf("5", null)] });
  expect(priceOn([list, own], "m", "2026-01-01")).toBe(5_000_000n);
  expect(priceOn([list, own], "m-new", "2026-01-01")).toBe(5_000_000n);
  expect(priceOn([list, own], "m-latest", "2026-01-01")).toBe(10_000_000n);
});

test("names that had different prices before keep them outside the override's days", () => {
  const list = document({ id: "a", prices: [entryOf("1", null)] }, { id: "b", prices: [entryOf("2", null)] });
  const own = document({ id: "a", aliases: ["b", "c"], prices: [entryOf("9", "2026-06-01")] });
  expect(["a", "b", "c"].map((name) => priceOn([list, own], name, "2026-05-31"))).toEqual([
    1_000_000n,
    2_000_000n,
    null,
  ]);
  expect(["a", "b", "c"].map((name) => priceOn([list, own], name, "2026-06-01"))).toEqual([
    9_000_000n,
    9_000_000n,
    9_000_000n,
  ]);
});

const months = Array.from({ length: 12 }, (_, index) => `2026-${String(index + 1).padStart(2, "0")}-01`);

/** Entries in order, with gaps and open ends, each priced apart. */
function entriesFrom(cents: number): fc.Arbitrary<readonly PriceEntry[]> {
  return fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 6 }).map((picked) => {
    const starts = picked.toSorted((left, right) => left - right);
    return starts.map((start, index) => {
      const next = starts[index + 1];
      const ends = (start + index) % 2 === 0 && next !== start + 1 && start < 11;
      return entryOf(
        `${cents + index}`,
        index === 0 && start % 3 === 0 ? null : (months[start] ?? null),
        ends ? months[start + 1] : undefined,
      );
    });
  });
}

test("on any day the override's price holds where it has one, and the earlier one elsewhere", () => {
  fc.assert(
    fc.property(entriesFrom(10), entriesFrom(50), fc.constantFrom(...months), (before, over, month) => {
      const list = document({ id: "m", prices: before });
      const own = document({ id: "m", prices: over });
      for (const day of [month, month.replace(/01$/, "28")]) {
        const expected = priceOn([own], "m", day) ?? priceOn([list], "m", day);
        expect(priceOn([list, own], "m", day)).toBe(expected);
      }
    }),
    { numRuns: 500 },
  );
});

test("an override whose own dates contradict each other is refused, though an overlay could hide it", () => {
  const list = document({ id: "m", prices: [entryOf("10", null)] });
  const own = document({ id: "m", prices: [entryOf("5", "2026-02-01"), entryOf("5", "2026-01-01")] });
  expect(() => mergeDocuments([list, own])).toThrow(FarthingError);
});

test("a document may hold clauses only, and those of several add up", () => {
  const clause = { models: "m", percentOff: 10, from: "2026-01-01", source: "contract" };
  const list = document({ id: "m", prices: [entryOf("10", null)] });
  const documents = [list, { vendor: "test", discounts: [clause] }, { vendor: "test", discounts: [clause] }];
  expect(priceOn(documents, "m", "2026-01-01")).toBe(8_100_000n);
});

test.each([
  [
    "a discount of more than everything",
    { discounts: [{ models: "m", percentOff: 101, from: "2026-01-01", source: "x" }] },
  ],
  [
    "a discount that ends before it begins",
    { discounts: [{ models: "m", percentOff: 1, from: "2026-02-01", to: "2026-01-01", source: "x" }] },
  ],
  [
    "a commitment of half a month",
    { contracts: { commitments: [{ id: "c", usdPerMonth: "1", from: "2026-01-15", source: "x" }] } },
  ],
  [
    "a credit in cents that are none",
    { contracts: { credits: [{ id: "c", usd: "1,5", from: "2026-01-15", source: "x" }] } },
  ],
])("refuses %s", (_, clauses) => {
  expect(() => mergeDocuments([{ vendor: "test", ...clauses }])).toThrow(
    /Price data is wrong at (discounts|contracts)/,
  );
});
