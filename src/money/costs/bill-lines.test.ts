import { expect, test } from "vitest";
import type { Usage } from "../../spec/usage.ts";
import { priceBookOf } from "../book/price-book.ts";
import type { PriceEntry, VendorPrices } from "../prices/price-data.ts";
import { documentOf } from "../prices/test-books.ts";

/** Every line of a bill as one text: how many of what, at how many pico-dollars each, and in all. */
function linesOf(
  entry: Partial<PriceEntry>,
  usage: Partial<Usage>,
  vendor: Partial<VendorPrices> = {},
): readonly string[] {
  const book = priceBookOf([documentOf(entry, vendor)]);
  const { lines } = book.explain("test", "m", { source: "provider", tokens: {}, ...usage }, 0);
  return lines.map(({ what, count, picoUsdEach, picoUsd }) => `${count} ${what} at ${picoUsdEach}: ${picoUsd}`);
}

const search = { usdPerMillion: { input: "1" }, serverTools: { search: "0.01" } };
const provisioned = [{ id: "ptu", models: "m", usdPerHour: "20", from: "1970-01-01", source: "contract" }];
const usdPerMillion = { input: "1", output: "2" };
const half = [{ models: "m", percentOff: 50, from: "1970-01-01", source: "contract" }];

test.each<[string, Partial<PriceEntry>, Partial<Usage>, Partial<VendorPrices>, readonly string[]]>([
  [
    "a line a class, in the order of the classes",
    { usdPerMillion },
    { tokens: { output: 1, input: 3 } },
    {},
    ["3 input at 1000000: 3000000", "1 output at 2000000: 2000000"],
  ],
  [
    "none of what was not used",
    { usdPerMillion },
    { tokens: { output: 0, input: 1 } },
    {},
    ["1 input at 1000000: 1000000"],
  ],
  ["one unit", { units: { page: "0.000001" } }, { units: { page: 1 } }, {}, ["1 page at 1000000: 1000000"]],
  ["none of a unit", { units: { page: "0.000001" } }, { units: { page: 0 } }, {}, []],
  [
    "part of a second",
    { units: { videoSecond: "0.000001" } },
    { units: { videoSecond: 0.5 } },
    {},
    ["0.5 videoSecond at 1000000: 500000"],
  ],
  ["no part of a page", { units: { page: "0.000001" } }, { units: { page: 0.5 } }, {}, []],
  ["one call of a tool", search, { serverToolCalls: { search: 1 } }, {}, ["1 tool:search at 10000000000: 10000000000"]],
  ["no call of a tool", search, { serverToolCalls: { search: 0 } }, {}, []],
  ["the least fee", { perRequest: "0.000000000001" }, {}, {}, ["1 request at 1: 1"]],
  ["no fee", { perRequest: "0", usdPerMillion }, {}, {}, []],
  [
    "tokens of provisioned capacity, those without a price too",
    { usdPerMillion },
    { tokens: { input: 2, audioInput: 5 } },
    { contracts: { provisioned } },
    ["2 input at 1000000: 0", "5 audioInput at 0: 0"],
  ],
  [
    "half a pico-dollar up, a quarter down",
    { usdPerMillion: { input: "0.000001", output: "0.000001" }, regions: { us: { percent: 50 } } },
    { tokens: { input: 3, output: 5 }, region: "us" },
    { discounts: half },
    ["3 input at 1: 1", "5 output at 1: 1"],
  ],
  [
    "exactly half up",
    { usdPerMillion: { input: "0.000001" } },
    { tokens: { input: 3 } },
    { discounts: half },
    ["3 input at 1: 2"],
  ],
])("%s", (_, entry, usage, vendor, expected) => {
  expect(linesOf(entry, usage, vendor)).toEqual(expected);
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])("%s calls of a tool are nobody's bill", (calls) => {
  const book = priceBookOf([documentOf({ usdPerMillion, serverTools: { search: "0.01" } })]);
  expect(
    book.costOf("test", "m", { source: "provider", tokens: {}, serverToolCalls: { search: calls } }, 0).picoUsd,
  ).toBeNull();
});
