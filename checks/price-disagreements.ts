import { bundledPriceBook } from "../src/money/book/bundled-price-book.ts";
import { bundledPriceFiles } from "../src/money/book/bundled-price-files.ts";
import explained from "../src/money/data/disagreements.json" with { type: "json" };
import { readVendorPrices } from "../src/money/prices/price-data.ts";
import { disagreementsOf, tableRows } from "./price-tables/compare.ts";
import { hearExplanations, readExplanations } from "./price-tables/explanations.ts";
import { tablesPresent } from "./price-tables/table-row.ts";

// `npm run prices:disagreements`: every difference between the price book and the public tables with its reason; exits with 1
// when one has no reason or a reason has no difference any more. `-- --list` prints each difference, in USD per million tokens.

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

if (tablesPresent) listDisagreements();
else print("No copies of the price tables beside the repository: nothing was compared.");

function listDisagreements(): void {
  const vendors = new Set(bundledPriceFiles.map((file) => readVendorPrices(file).vendor));
  const book = bundledPriceBook();
  const tables = Object.entries(tableRows(vendors));
  const found = tables.flatMap(([, rows]) => rows.flatMap((row) => disagreementsOf(book, row)));
  const { unexplained, stale, counts } = hearExplanations(found, readExplanations(explained));
  for (const [table, rows] of tables) print(`${table}: ${rows.length} rows compared`);
  const texts = new Set(found.map(({ text }) => text));
  if (process.argv.includes("--list")) for (const text of texts) print(text);
  print(`\n${texts.size} disagreements, by reason:`);
  for (const [reason, count] of counts) print(`${String(count).padStart(6)}  ${reason}`);
  for (const text of unexplained) print(`UNEXPLAINED  ${text}`);
  for (const text of stale) print(`STALE  ${text}`);
  process.exitCode = unexplained.length + stale.length === 0 ? 0 : 1;
}
