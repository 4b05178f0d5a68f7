import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { alertRuleNames } from "../spec/alert.ts";

const page = readFileSync(new URL("../../docs/reference/alerts.md", import.meta.url), "utf8");

it("docs/reference/alerts.md has every rule, in order, and no other", () => {
  const rules = page.slice(page.indexOf("## Rules"), page.indexOf("### How often"));
  expect([...rules.matchAll(/^\| `([a-z-]+)`/gm)].map((match) => match[1])).toEqual([...alertRuleNames]);
});
