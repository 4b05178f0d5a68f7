import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compatibilityPage } from "../consumer-tests/all-clients/compatibility-page.ts";
import { clients, features } from "../consumer-tests/all-clients/features.ts";
import { parseResults, printResults } from "../consumer-tests/all-clients/results.ts";
import { root } from "./source-tree.ts";

const folder = "consumer-tests/all-clients";
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const text = read(`${folder}/results.json`);
const results = parseResults(text);

/** Fewest squares of the table, and fewest of them where a translation takes part. */
const squaresMin = 120;
const translatedShareMin = 1 / 3;

describe("the page of clients says what their last run found", () => {
  it("the page is made of the results", () => {
    expect(read("docs/reference/compatibility.md"), "run: npm run test:clients").toBe(compatibilityPage(results));
  });

  it("the results are in their own order and form", () => {
    expect(text, "run: npm run test:clients").toBe(printResults(results));
  });

  it("every square is known, and none stands twice", () => {
    const names = results.cells.map(({ client, endpoint, feature, provider }) =>
      [client, endpoint, feature, provider].join(" | "),
    );
    expect(new Set(names).size).toBe(names.length);
    for (const { client, feature } of results.cells) {
      expect(clients).toContain(client);
      expect(Object.keys(features)).toContain(feature);
    }
  });

  it("the table is wide enough, and no client is missing", () => {
    const translated = results.cells.filter(({ mode }) => mode === "translated");
    expect(results.cells.length).toBeGreaterThanOrEqual(squaresMin);
    expect(translated.length / results.cells.length).toBeGreaterThanOrEqual(translatedShareMin);
    expect(new Set(results.cells.map(({ client }) => client))).toEqual(new Set(clients));
  });

  it("versions are the pinned ones", () => {
    const { dependencies } = JSON.parse(read(`${folder}/package.json`)) as { readonly dependencies: object };
    for (const [name, version] of Object.entries(dependencies)) expect(results.versions[name]).toBe(version);
    for (const line of read(`${folder}/requirements.txt`).trim().split("\n")) {
      const [name, version] = line.split("==");
      expect(results.versions[`${name ?? ""} (Python)`]).toBe(version);
    }
  });

  it("nothing of a machine or a day stands in it", () => {
    expect(text).not.toMatch(/\/(work|home|tmp|root|Users)\/|127\.0\.0\.1|20\d\d-\d\d-\d\d/);
  });

  it("the lock file names no registry of its own", () => {
    expect(read(`${folder}/package-lock.json`)).not.toMatch(/"resolved": "(?!https:\/\/registry\.npmjs\.org\/)/);
  });
});
