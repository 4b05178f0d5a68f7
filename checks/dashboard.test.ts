import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, root } from "./source-tree.ts";

/** The one file of the house that the dashboard may read, for its types alone. */
const contract = "src/spec/admin-api.ts";
/** What may be bundled into the page. */
const packages = ["svelte", "uplot"];
const linesMax = 300;

type Files = ReadonlyMap<string, string>;

/** What a visitor of the page gets: components and modules, without their tests. */
function readFiles(): Files {
  const names = readdirSync(join(root, "dashboard", "src"), { recursive: true, encoding: "utf8" });
  const sources = names.filter((name) => /\.(?:ts|svelte)$/.test(name) && !/\.(?:test|fixture)\.ts$/.test(name));
  const paths = sources.map((name) => `dashboard/src/${name.replaceAll("\\", "/")}`);
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** The page stands apart from the engine: it takes the words of the admin API from it and nothing else. */
function checkImports(files: Files): string[] {
  return [...files].flatMap(([path, source]) =>
    importsOf(path, source).flatMap(({ specifier, file }) => {
      if (file === null) return packages.includes(specifier) ? [] : [`${path}: ${specifier} is not for the page`];
      if (file.startsWith("dashboard/src/")) return [];
      const asType = new RegExp(`import type [^;]*from "${specifier.replaceAll(".", "\\.")}"`);
      return posix.normalize(file) === contract && asType.test(source)
        ? []
        : [`${path}: only types of ${contract} (${specifier})`];
    }),
  );
}

/** What the page's policy would stop, or what would let a text become markup. */
function checkMarkup(files: Files): string[] {
  const banned: readonly (readonly [RegExp, string])[] = [
    [/\{@html/, "texts are shown as texts, never as markup"],
    [/\b(?:innerHTML|outerHTML|insertAdjacentHTML)\b/, "texts are shown as texts, never as markup"],
    [/<[a-z][^>]*\sstyle=["{]/, "a style attribute is stopped by the policy of the page"],
    [/https?:\/\/(?!127\.0\.0\.1|\$\{)/, "the page speaks to its own gateway only"],
    [/\beval\(|new Function\(/, "no code is made of texts"],
  ];
  return [...files].flatMap(([path, source]) =>
    banned.flatMap(([pattern, why]) => (pattern.test(source) ? [`${path}: ${why}`] : [])),
  );
}

function checkSizes(files: Files): string[] {
  return [...files].flatMap(([path, source]) =>
    source.split("\n").length > linesMax ? [`${path}: over ${linesMax} lines; split it by responsibility`] : [],
  );
}

function plant(source: string): Files {
  return new Map([["dashboard/src/parts/Planted.svelte", source]]);
}

describe("the dashboard", () => {
  const files = readFiles();

  it("imports types of the admin API, its own files and two packages", () => {
    expect(files.size).toBeGreaterThan(20);
    expect(checkImports(files)).toEqual([]);
    const value = 'import { ranges } from "../../../src/spec/admin-api.ts";';
    expect(checkImports(plant(value)).join()).toContain("only types of");
    expect(checkImports(plant('import type { Row } from "../../../src/spec/ledger.ts";')).join()).toContain(
      "only types",
    );
    expect(checkImports(plant('import dayjs from "dayjs";')).join()).toContain("dayjs is not for the page");
  });

  it("has nothing that its policy would stop, and makes no markup of texts", () => {
    expect(checkMarkup(files)).toEqual([]);
    const bad = ["{@html note}", '<p style="color: red">', "a.innerHTML = b", "https://cdn.example", 'eval("1")'];
    expect(bad.map((source) => checkMarkup(plant(source)).length)).toEqual(bad.map(() => 1));
  });

  it("is made of small files", () => {
    expect(checkSizes(files)).toEqual([]);
    expect(checkSizes(plant("\n".repeat(301)))).toHaveLength(1);
  });
});
