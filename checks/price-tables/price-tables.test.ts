import { describe, expect, test } from "vitest";
import { bundledPriceBook } from "../../src/money/book/bundled-price-book.ts";
import { bundledPriceFiles } from "../../src/money/book/bundled-price-files.ts";
import explained from "../../src/money/data/disagreements.json" with { type: "json" };
import { readVendorPrices } from "../../src/money/prices/price-data.ts";
import { disagreementsOf, tableRows, type Disagreement } from "./compare.ts";
import { hearExplanations, readExplanations } from "./explanations.ts";
import { tablesPresent, type TableRow } from "./table-row.ts";

const book = bundledPriceBook();
const vendors = new Set(bundledPriceFiles.map((file) => readVendorPrices(file).vendor));

describe.skipIf(!tablesPresent)("the public price tables", () => {
  const tables = tablesPresent ? tableRows(vendors) : {};

  test.each([
    ["litellm", 300],
    ["genai-prices", 1000],
    ["langfuse", 100],
    ["models.dev", 500],
    ["observed", 32],
  ])("%s is read: at least %i rows", (table, rows) => {
    expect(tables[table]?.length).toBeGreaterThanOrEqual(rows);
  });

  test("every disagreement with them is explained, and every explanation still has its disagreement", () => {
    const found = Object.values(tables).flatMap((rows) => rows.flatMap((row) => disagreementsOf(book, row)));
    const { unexplained, stale } = hearExplanations(found, readExplanations(explained));
    expect({ unexplained, stale }).toEqual({ unexplained: [], stale: [] });
  });

  test("no observed price is missing", () => {
    const found = (tables["observed"] ?? []).flatMap((row) => disagreementsOf(book, row));
    expect(found.filter(({ missing }) => missing)).toEqual([]);
  });
});

const row: TableRow = {
  table: "test",
  vendor: "openai",
  model: "gpt-4o",
  at: "2026-11-21T12:00:00Z",
  aboveInputTokens: 0,
  usd: { input: 2.5, cacheRead: 1.25, output: 10 },
};

test.each<[string, Partial<TableRow>, readonly string[]]>([
  ["the same prices", {}, []],
  ["another price", { usd: { input: 3, output: 10 } }, ["test openai gpt-4o: input is 3 there, 2.5 here"]],
  [
    "a price by the hour",
    { vendor: "deepseek", model: "deepseek-v4-pro", at: "2026-11-20T02:00:00Z", usd: { input: 1.32 } },
    [],
  ],
  [
    "a class without a price here",
    { vendor: "cerebras", model: "gpt-oss-120b", usd: { cacheRead: 0.1 } },
    ["test cerebras gpt-oss-120b: cacheRead is 0.1 there, unpriced here"],
  ],
  [
    "a tier",
    { model: "gpt-5.5", aboveInputTokens: 272_000, usd: { input: 9, cacheRead: 1, output: 45 } },
    ["test openai gpt-5.5: input above 272000 is 9 there, 10 here"],
  ],
  [
    "a service tier",
    { model: "gpt-4.1", serviceTier: "priority", usd: { input: 3.5, output: 13 } },
    ["test openai gpt-4.1: output priority is 13 there, 14 here"],
  ],
  [
    "a region",
    { vendor: "anthropic", model: "claude-opus-5", region: "us", usd: { input: 5.5, output: 25 } },
    ["test anthropic claude-opus-5: output in us is 25 there, 27.5 here"],
  ],
  ["an unknown model", { model: "gpt-99" }, ["test openai gpt-99: missing"]],
])("a row with %s", (_, change, texts) => {
  expect(disagreementsOf(book, { ...row, ...change }).map(({ text }) => text)).toEqual(texts);
});

const missing: Disagreement = { vendor: "v", model: "org/m", missing: true, text: "t v org/m: missing" };
const wrong: Disagreement = { ...missing, missing: false, text: "t v org/m: input is 1 there, 2 here" };

test("a pattern explains a model that is not carried, and never a price", () => {
  const heard = hearExplanations([missing, wrong], [{ reason: "not carried, on purpose", notCarried: ["v org/*"] }]);
  expect(heard.unexplained).toEqual([wrong.text]);
  expect(heard.stale).toEqual([]);
  expect([...heard.counts.values()]).toEqual([1]);
});

test("a reason without its disagreement is stale", () => {
  const heard = hearExplanations(
    [wrong],
    [
      { reason: "true enough, and used", disagreements: [wrong.text, "t v gone: missing"] },
      { reason: "not carried, on purpose", notCarried: ["v org/*"] },
    ],
  );
  expect(heard).toMatchObject({ unexplained: [], stale: ["t v gone: missing", "not carried: v org/*"] });
});

test("explanations say something", () => {
  expect(() => readExplanations([{ reason: "because", disagreements: [] }])).toThrow(/too_small/);
  expect(() => readExplanations([{ reason: "a reason of some length", disagreement: [] }])).toThrow(
    /unrecognized_keys/,
  );
});
