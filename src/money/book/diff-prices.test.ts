import { expect, test } from "vitest";
import { comparePrices } from "./diff-prices.ts";
import type { ModelPrices, PriceEntry, VendorPrices } from "../prices/price-data.ts";
import { bareEntry } from "../prices/test-books.ts";

const now = Date.parse("2026-11-21T00:00:00Z");
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);

function model(id: string, ...entries: readonly Partial<PriceEntry>[]): ModelPrices {
  return { id, prices: entries.map((entry) => ({ ...bareEntry, ...entry })) };
}

const bookOf = (models: readonly ModelPrices[], vendor = "test"): VendorPrices => ({ vendor, models });
const prices = (input: string, image?: string): Partial<PriceEntry> => ({
  usdPerMillion: { input },
  ...(image === undefined ? {} : { units: { image } }),
});

test.each([
  ["dearer", prices("1", "0.5"), prices("2", "0.6")],
  ["dearer, beside what stays", prices("1", "0.5"), prices("2", "0.5")],
  ["cheaper", prices("2", "0.6"), prices("1", "0.5")],
  ["changed, up and down", prices("1", "0.5"), prices("2", "0.4")],
  ["changed, down and up", prices("2", "0.4"), prices("1", "0.5")],
  ["changed by a price that it had not", prices("1"), prices("1", "0.5")],
  ["changed by a price that it has no more", prices("1", "0.5"), prices("1")],
])("a model becomes %s", (words, before, after) => {
  const { changes } = comparePrices([bookOf([model("m", before)])], [bookOf([model("m", after)])]).at(now);
  expect(changes.map(({ kind }) => kind)).toEqual([words.split(/[ ,]/)[0]]);
});

test("models that came and went are named, those that stay as they are counted, by vendor what had a price", () => {
  const stays = ["a", "b", "c"].map((id) => model(id, prices("1")));
  const before = bookOf([...stays, model("old", prices("1")), model("later", { ...prices("1"), from: "2027-01-01" })]);
  const after = bookOf([...stays, model("new", prices("1"))]);
  expect(comparePrices([before], [after, bookOf([model("m", prices("1"))], "other")]).at(now)).toEqual({
    priced: { test: 4 },
    unchanged: 3,
    changes: [
      { vendor: "test", model: "old", kind: "removed", figures: [] },
      { vendor: "test", model: "new", kind: "added", figures: [] },
      { vendor: "other", model: "m", kind: "added", figures: [] },
    ],
  });
});

test("later moments are those after the present at which an entry of either begins or ends, each once", () => {
  const before = bookOf([
    model(
      "m",
      { ...prices("1"), to: "2026-11-21" },
      { ...prices("2"), from: "2027-03-01" },
      { ...prices("3"), from: "2027-05-01" },
    ),
  ]);
  const after = bookOf([model("m", prices("1"), { ...prices("2"), from: "2027-01-01", to: "2027-03-01" })]);
  const comparison = comparePrices([before], [after]);
  const later = ["2027-01-01", "2027-03-01", "2027-05-01"].map(day);
  expect(comparison.laterMoments(now)).toEqual(later);
  expect(comparison.laterMoments(now - 1)).toEqual([now, ...later]);
});
