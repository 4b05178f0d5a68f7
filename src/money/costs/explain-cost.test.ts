import { expect, test } from "vitest";
import type { Usage } from "../../spec/usage.ts";
import { priceBookOf } from "../book/price-book.ts";
import type { PriceEntry, VendorPrices } from "../prices/price-data.ts";
import { bareEntry, documentOf } from "../prices/test-books.ts";

const saturday = "2026-11-21T12:00:00Z";
const table = { input: "1", cacheRead: "0.1", cacheWrite5m: "1.25", output: "4" };
const million = { input: 1_000_000, cacheRead: 1_000_000, cacheWrite5m: 1_000_000, output: 1_000_000 };

function used(more: Partial<Usage> = {}): Usage {
  return { source: "provider", tokens: million, ...more };
}

test("an explanation names every rule that took part", () => {
  const entry: Partial<PriceEntry> = {
    usdPerMillion: table,
    contextTiers: [{ aboveInputTokens: 1000, usdPerMillion: table }],
    serviceTiers: { batch: { percent: 50, percentOf: { cacheRead: 100 } } },
    hours: [{ from: "00:00", to: "24:00", days: ["sat"], percent: 87.5 }],
    perRequest: "0.01",
    note: "as seen",
  };
  const vendor: Partial<VendorPrices> = {
    regions: { us: { percent: 110 } },
    discounts: [{ models: "*", percentOff: 5, from: "2026-01-01", source: "contract 7" }],
    serverTools: { search: "0.01" },
  };
  const book = priceBookOf([documentOf(entry, vendor)]);
  const usage = used({
    serviceTier: "batch",
    region: "us",
    serverToolCalls: { search: 1, dance: 1 },
    units: { page: 2 },
  });
  const explained = book.explain("test", "m-2026-11-01", usage, Date.parse(saturday));
  expect(explained.cost.state).toBe("unpriced");
  expect(explained.notes).toEqual([
    "m-2026-11-01 is not listed: priced as m, an estimate",
    "as seen",
    "more than 1000 input tokens: the dearer table holds for the whole request",
    "service tier batch: 50 percent, cacheRead 100 percent",
    "hours 00:00-24:00 UTC sat: 87.5 percent",
    "region us: 110 percent",
    "discount of 5 percent off * (contract 7)",
    "no price for page, or a count that cannot be billed",
    "no price for tool:dance, or a count that cannot be billed",
  ]);
  expect(explained.lines.map((line) => line.what)).toEqual([
    "input",
    "cacheRead",
    "cacheWrite5m",
    "output",
    "tool:search",
    "request",
  ]);
  // A million x 1 USD per million x 0.5 x 0.875 x 1.1 x 0.95
  expect(explained.lines[0]).toEqual({
    what: "input",
    count: 1_000_000,
    picoUsdEach: 1_000_000n,
    picoUsd: 457_187_500_000n,
  });
  expect(explained.source).toEqual({ text: "test", checked: "2026-11-21", from: null, confidence: "high" });
});

test("an explanation says why nothing is known", () => {
  const book = priceBookOf([documentOf({ usdPerMillion: table, from: "2026-01-01" })]);
  const notes = (vendor: string, model: string, usage: Usage, atMs: number): readonly string[] =>
    book.explain(vendor, model, usage, atMs).notes;
  expect(notes("nobody", "m", used(), 0)).toEqual(["no prices of nobody are known"]);
  expect(notes("test", "n", used(), 0)).toEqual(["test has no model n in the price book"]);
  expect(notes("test", "n-2026-01-01", used(), 0)).toEqual(["test has no model n-2026-01-01 in the price book"]);
  expect(notes("test", "m", used(), 0)).toEqual(["no price is in force at this moment"]);
  expect(notes("test", "m", { source: "unknown", tokens: {} }, Date.parse(saturday))).toEqual([
    "nobody knows what was used",
  ]);
});

test("a threshold of a single token is one too", () => {
  const book = priceBookOf([
    documentOf({ usdPerMillion: table, contextTiers: [{ aboveInputTokens: 1, usdPerMillion: table }] }),
  ]);
  const notes = (input: number): readonly string[] => book.explain("test", "m", used({ tokens: { input } }), 0).notes;
  expect(notes(1)).toEqual([]);
  expect(notes(2)).toEqual(["more than 1 input tokens: the dearer table holds for the whole request"]);
});

test("the fee of a call is a line of one", () => {
  const book = priceBookOf([documentOf({ perRequest: "0.01" })]);
  const { lines } = book.explain("test", "m", { source: "provider", tokens: {} }, 0);
  expect(lines).toEqual([{ what: "request", count: 1, picoUsdEach: 10_000_000_000n, picoUsd: 10_000_000_000n }]);
});

const entry: PriceEntry = { ...bareEntry, usdPerMillion: table };
const models = [
  { id: "m", aliases: ["m-latest"], prices: [entry] },
  { id: "ft:m", prices: [{ ...entry, confidence: "low" as const }] },
];
const provisioned = [{ id: "ptu-1", models: "m-latest", usdPerHour: "1", from: "2026-01-01", source: "contract" }];
const book = priceBookOf([
  { vendor: "test", serviceTierPercent: { flex: 50 }, models },
  { vendor: "test", contracts: { provisioned } },
]);

test.each<[string, Partial<Usage>, readonly string[]]>([
  ["m", {}, []],
  ["m-latest", {}, ["m-latest is another name of m", "provisioned capacity ptu-1: its tokens cost nothing more"]],
  ["ft:m:acme::1", {}, ["priced as ft:m", "the price is of low confidence: an estimate"]],
  ["m", { source: "estimated" }, ["the usage is an estimate of ours"]],
  ["m", { serviceTier: "flex" }, ["service tier flex: 50 percent, roughly: an estimate"]],
  [
    "m",
    { serviceTier: "turbo", region: "mars" },
    [
      "service tier turbo is not known: the default price stands in, an estimate",
      "region mars is not known: no uplift, an estimate",
    ],
  ],
])("%s with %o", (model, more, notes) => {
  expect(book.explain("test", model, used(more), Date.parse(saturday)).notes).toEqual(notes);
});
