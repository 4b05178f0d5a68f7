import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { vendorById, vendorIds, vendorRows } from "./vendor-catalogue.ts";

test("every file of vendors/ is in the catalogue, once", () => {
  const files = readdirSync(new URL("./vendors/", import.meta.url)).map((name) => name.replace(/\.json$/, ""));
  expect(vendorIds.toSorted()).toEqual(files.toSorted());
});

test.each(vendorRows)("$id is well formed", (row) => {
  expect(vendorById(row.id)).toBe(row);
  const { origin, pathname } = new URL(row.baseUrl);
  expect(row.baseUrl).toBe(pathname === "/" ? origin : `${origin}${pathname}`);
  expect(row.baseUrl).not.toMatch(/\/v1$|\/$/);
  expect(row.keyHeader).toBe(row.keyHeader.toLowerCase());
  expect(row.requestIdHeader).toBe(row.requestIdHeader.toLowerCase());
  expect(row.dialects.length).toBeGreaterThan(0);
  expect(["tested", "documented"]).toContain(row.status);
});

test("an unknown vendor is null", () => {
  expect(vendorById("nobody")).toBeNull();
});
