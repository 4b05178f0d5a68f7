import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { vendorRows } from "../src/providers/vendor-catalogue.ts";
import { root } from "./source-tree.ts";
import { vendorsPage } from "./vendors-page.ts";

test("docs/reference/vendors.md is what the rows say (npm run pages:generate writes it)", () => {
  expect(readFileSync(join(root, "docs/reference/vendors.md"), "utf8")).toBe(vendorsPage(vendorRows));
});

test("the page shows what changes in a row", () => {
  const [row] = vendorRows;
  if (row === undefined) throw new Error("no vendors");
  const page = vendorsPage([{ ...row, quirks: { ...row.quirks, jsonSchema: "hint" }, keyless: true }]);
  expect(page).toContain("| `openai` | `jsonSchema: hint` |");
  expect(page).toContain(`| none   | documented |`);
  expect(page).not.toContain("anthropic.com");
});
