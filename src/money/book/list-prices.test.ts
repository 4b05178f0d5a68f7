import { expect, test } from "vitest";
import { bundledPriceBook, listPriceBook } from "./bundled-price-book.ts";
import { bundledPriceFiles } from "./bundled-price-files.ts";
import { listPrices } from "./list-prices.ts";
import { bareEntry } from "../prices/test-books.ts";

const now = Date.parse("2026-11-21T12:00:00Z");

test("every model is listed once, with the entry that the book prices by", () => {
  const listed = listPrices(bundledPriceFiles, now);
  const book = bundledPriceBook();
  const names = listed.map(({ vendor, id }) => `${vendor} ${id}`);
  expect(new Set(names).size).toBe(names.length);
  for (const { vendor, id, entry } of listed) {
    const { source } = book.explain(vendor, id, { source: "provider", tokens: {} }, now);
    expect(source?.text ?? null).toBe(entry?.source ?? null);
    expect(source?.checked ?? null).toBe(entry?.checked ?? null);
  }
});

test("an operator's entry is in the list in its days", () => {
  const own = {
    vendor: "openai",
    models: [
      { id: "gpt-4o", prices: [{ ...bareEntry, usdPerMillion: { input: "2" }, from: "2026-11-01", to: "2026-12-01" }] },
    ],
  };
  const sourceOn = (day: string): string | undefined =>
    listPrices([...bundledPriceFiles, own], Date.parse(day)).find(({ id }) => id === "gpt-4o")?.entry?.source;
  expect(sourceOn("2026-11-01")).toBe("test");
  expect(sourceOn("2026-10-31")).not.toBe("test");
  expect(sourceOn("2026-12-01")).not.toBe("test");
});

test("list prices know no contract, and an operator's own models only", () => {
  const usage = { source: "provider", tokens: { input: 1 } } as const;
  const entry = { ...bareEntry, usdPerMillion: { input: "1" } };
  const own = {
    vendor: "openai",
    models: [
      { id: "gpt-4o", prices: [entry] },
      { id: "ours", prices: [entry] },
    ],
    discounts: [{ models: "*", percentOff: 50, from: "2026-01-01", source: "contract" }],
  };
  const contracted = bundledPriceBook([own]);
  const list = listPriceBook([own]);
  expect(contracted.costOf("openai", "gpt-4o", usage, now).picoUsd).toBe(500_000n);
  expect(list.costOf("openai", "gpt-4o", usage, now).picoUsd).toBe(2_500_000n);
  expect(list.costOf("openai", "ours", usage, now).picoUsd).toBe(1_000_000n);
});
