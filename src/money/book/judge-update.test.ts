import { describe, expect, test } from "vitest";
import { catalogueOf } from "./bundled-price-book.ts";
import { comparePrices } from "./diff-prices.ts";
import { judgeUpdate } from "./judge-update.ts";
import type { PriceEntry, VendorPrices } from "../prices/price-data.ts";
import { bareEntry } from "../prices/test-books.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

/** A vendor of ten models, the first of which has these entries. */
function bookOf(entries: readonly Partial<PriceEntry>[], names = 10, vendor: Partial<VendorPrices> = {}): VendorPrices {
  const plain = [{ usdPerMillion: { input: "1", output: "2" } }];
  const models = Array.from({ length: names }, (_, index) => ({
    id: `m${index}`,
    prices: (index === 0 ? entries : plain).map((entry) => ({ ...bareEntry, ...entry })),
  }));
  return { vendor: "test", models, ...vendor };
}

const input = (usd: string): Partial<PriceEntry> => ({ usdPerMillion: { input: usd, output: "2" } });
const doubts = (before: VendorPrices, after: VendorPrices, inUse: readonly string[] = []): readonly string[] =>
  judgeUpdate([before], [after], inUse, now).map(({ kind, text }) => `${kind} ${text}`);

describe("an update", () => {
  test.each([
    ["the same prices", [input("1")], [input("1")], []],
    ["ten times as dear", [input("1")], [input("10")], []],
    ["dearer than that", [input("1")], [input("10.000001")], ["moved test/m0: input would move more than 10-fold"]],
    ["a tenth", [input("1")], [input("0.1")], []],
    ["less than a tenth", [input("1")], [input("0.099999")], ["moved test/m0: input would move more than 10-fold"]],
    ["nothing", [input("1")], [input("0")], ["zeroed test/m0: input would cost nothing"]],
    ["nothing for a pico-dollar", [input("0.000001")], [input("0")], ["zeroed test/m0: input would cost nothing"]],
    [
      "no price of output",
      [input("1")],
      [{ usdPerMillion: { input: "1" } }],
      ["lost test/m0: output would have no price any more", "lost test/m0: reasoning would have no price any more"],
    ],
    [
      "a later day on which it costs nothing",
      [input("1")],
      [input("1"), { ...input("0"), from: "2027-03-01" }],
      ["zeroed test/m0: input would cost nothing"],
    ],
    ["a later day on which it has no price", [input("1")], [{ ...input("1"), to: "2027-03-01" }], []],
    [
      "a fee that vanishes",
      [{ ...input("1"), perRequest: "0.01" }],
      [input("1")],
      ["lost test/m0: request would have no price any more"],
    ],
    [
      "batch that costs nothing",
      [{ ...input("1"), serviceTiers: { batch: { percent: 50 } } }],
      [{ ...input("1"), serviceTiers: { batch: { percent: 0 } } }],
      ["zeroed test/m0: batch percent would cost nothing"],
    ],
  ])("of %s", (_, before, after, found) => {
    expect(doubts(bookOf(before), bookOf(after))).toEqual(found);
  });

  test("may lose a tenth of a vendor's names, and no model that is called", () => {
    const before = bookOf([input("1")]);
    expect(doubts(before, bookOf([input("1")], 9))).toEqual([]);
    expect(doubts(before, bookOf([input("1")], 8))).toEqual(["shrunk test: only 8 of 10 names would keep a price"]);
    expect(doubts(before, bookOf([input("1")], 9), ["test/m9", "test/unheard-of"])).toEqual([
      "shrunk test/m9 was called lately and would have no price",
    ]);
    // 17 of 19 are 89.5 percent, 18 of 20 just 90.
    expect(doubts(bookOf([input("1")], 19), bookOf([input("1")], 17))).toHaveLength(1);
    expect(doubts(bookOf([input("1")], 20), bookOf([input("1")], 18))).toEqual([]);
    const other = { ...bookOf([input("1")], 500), vendor: "other" };
    // A small vendor's loss is not hidden by a large one.
    expect(judgeUpdate([before, other], [bookOf([input("1")], 3), other], [], now)).toHaveLength(1);
  });
});

/** Twenty-six days on which an entry begins; on that one, counted from 1, the input costs nothing. */
function freeOn(day: number): VendorPrices {
  const days = Array.from({ length: 26 }, (_, index) => `2027-03-${String(index + 1).padStart(2, "0")}`);
  return bookOf([input("1"), ...days.map((from, index) => ({ ...input(index + 1 === day ? "0" : "1"), from }))]);
}

test("the 24 next days on which an entry begins are looked at, and no later one", () => {
  expect(doubts(freeOn(0), freeOn(24))).toEqual(["zeroed test/m0: input would cost nothing"]);
  expect(doubts(freeOn(0), freeOn(25))).toEqual([]);
});

test("what a vendor says for all its models is compared too", () => {
  const before = bookOf([input("1")], 1, { serverTools: { search: "0.01" }, regions: { us: { percent: 110 } } });
  const after = bookOf([input("1")], 1, { serverTools: { search: "0.02" }, regions: { us: { percent: 110 } } });
  expect(comparePrices([before], [after]).at(now)).toEqual({
    priced: { test: 1 },
    unchanged: 0,
    changes: [
      {
        vendor: "test",
        model: "m0",
        kind: "dearer",
        figures: [{ what: "tool:search", before: 10_000_000_000n, after: 20_000_000_000n }],
      },
    ],
  });
});

test("the catalogue beside itself changes nothing, now and on every later day that it knows", () => {
  expect(judgeUpdate(catalogueOf(), catalogueOf(), [], now)).toEqual([]);
  expect(comparePrices(catalogueOf(), catalogueOf()).at(now).changes).toEqual([]);
});
