import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../source-tree.ts";
import { allCases } from "./all-cases.ts";
import { moneyCasesPage } from "./money-cases-page.ts";

test("docs/reference/money-cases.md is what the cases say (npm run pages:generate)", () => {
  expect(readFileSync(join(root, "docs/reference/money-cases.md"), "utf8")).toBe(moneyCasesPage(allCases));
});

test("there are at least sixty cases, each with a name of its own, a reference that can be followed, and two short lines", () => {
  expect(allCases.length).toBeGreaterThanOrEqual(60);
  expect(new Set(allCases.map(({ about }) => about.name)).size).toBe(allCases.length);
  for (const { about } of allCases) {
    expect([about.name, about.references.length > 0]).toEqual([about.name, true]);
    for (const reference of about.references) expect(reference).toMatch(/^(?:[\w.-]+\/[\w.-]+#\d+|https:\/\/\S+)$/);
    expect(about.name).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
    for (const words of [about.elsewhere, about.here]) {
      expect(words).toMatch(/^(?:[A-Z0-9`]|xAI)[^\n|]*\.$/);
      expect(words.length).toBeLessThanOrEqual(140);
    }
  }
});

test("the page shows what changes in a case", () => {
  const [one] = allCases;
  if (one === undefined) throw new Error("no cases");
  const page = moneyCasesPage([{ ...one, about: { ...one.about, references: ["o/r#7", "https://page.test/a"] } }]);
  expect(page).toContain("1 cases, from 2 projects");
  expect(page).toContain("([r#7](https://github.com/o/r/issues/7), <https://page.test/a>)");
});
