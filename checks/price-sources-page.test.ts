import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundledPriceFiles } from "../src/money/book/bundled-price-files.ts";
import explained from "../src/money/data/disagreements.json" with { type: "json" };
import { readVendorPrices } from "../src/money/prices/price-data.ts";
import { priceSourcesPage } from "./price-sources-page.ts";
import { readExplanations } from "./price-tables/explanations.ts";
import { root } from "./source-tree.ts";

const files = bundledPriceFiles.map((file) => readVendorPrices(file));

test("docs/reference/price-sources.md is what the price files say (npm run pages:generate writes it)", () => {
  const page = priceSourcesPage(files, readExplanations(explained));
  expect(readFileSync(join(root, "docs/reference/price-sources.md"), "utf8")).toBe(page);
});

test("the page says of every vendor what is not priced", () => {
  const lines = priceSourcesPage(files, []).split("\n");
  for (const { vendor } of files)
    expect(lines.find((line) => line.startsWith(`- \`${vendor}\`: `))?.length).toBeGreaterThan(30);
});

test("the page counts what is in a file", () => {
  const prices = {
    caching: "none",
    usdPerMillion: { input: "1", output: "2" },
    source: "LiteLLM map",
    checked: "2026-11-21",
  } as const;
  const page = priceSourcesPage(
    [
      {
        vendor: "house",
        regions: { us: { percent: 110 } },
        models: [
          { id: "a", aliases: ["b"], prices: [{ ...prices, from: null, confidence: "high" }] },
          { id: "c", prices: [{ ...prices, from: null, confidence: "low", perRequest: "0.01" }] },
        ],
      },
    ],
    [],
  );
  const cells = page.split("\n").map((line) =>
    line
      .split("|")
      .map((cell) => cell.trim())
      .slice(1, -1)
      .join(" | "),
  );
  expect(cells).toContain("`house` | 2 | 3 | 2 | 1 (50 %) | 0 (0 %) | 1 (50 %)");
  expect(cells).toContain("`house` | 0 | 2 | 0 | 0 | 0");
  expect(cells).toContain("`house` | - | - | us 110 % | -");
  expect(cells).toContain("`house` | 0 | 0 | 0 | 0 | 1 | 0");
});
