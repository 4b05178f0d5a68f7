import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { mergeDocuments } from "../book/merge-prices.ts";
import { bareEntry } from "./test-books.ts";

const page = readFileSync(new URL("../../../docs/reference/prices.md", import.meta.url), "utf8");

/** The page's examples as documents: a whole one as it is, an entry or a part of one in a document around it. */
function documentOf(example: unknown): unknown {
  if (Array.isArray(example)) return { vendor: "test", models: [{ id: "m", prices: example }] };
  const parts = example as Readonly<Record<string, unknown>>;
  if ("vendor" in parts) return parts;
  if ("id" in parts) return { vendor: "test", models: [parts] };
  return documentOf([{ ...bareEntry, ...parts }]);
}

const examples = [...page.matchAll(/^```(?:json|yaml)\n(.*?)^```$/gms)]
  .map((block): unknown => parse(block[1] ?? ""))
  .filter((example) => !(example !== null && typeof example === "object" && "prices" in example && !("id" in example)));

test("every example of the page is a document that a book takes", () => {
  expect(examples.length).toBe(5);
  for (const example of examples) expect(() => mergeDocuments([documentOf(example)])).not.toThrow();
});
