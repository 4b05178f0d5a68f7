import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openapiDocument } from "../src/assembly/openapi-document.ts";
import { packageVersion } from "../src/assembly/package-version.ts";
import { root } from "./source-tree.ts";
import { translationPage } from "./translation-page.ts";

const pageOf = (file: string): string => readFileSync(join(root, "docs/reference", file), "utf8");

test("docs/reference/translation.md is what the dialects' tables say (npm run pages:generate)", () => {
  expect(pageOf("translation.md")).toBe(translationPage());
});

test("docs/reference/openapi.json is what the gateway serves (npm run pages:generate)", () => {
  expect(JSON.parse(pageOf("openapi.json"))).toEqual(JSON.parse(JSON.stringify(openapiDocument(packageVersion()))));
});
