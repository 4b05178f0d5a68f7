import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { errors } from "../src/spec/errors.ts";
import { residualCauses } from "../src/spec/money.ts";
import { alarms, metrics } from "../src/spec/metrics.ts";
import { readMarkdown } from "./markdown-files.ts";
import { root } from "./source-tree.ts";

const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** The first cells of a Markdown page's tables, where they are code. */
function tableKeys(text: string): string[] {
  return [...text.matchAll(/^\|\s*`([^`]+)`/gm)].map((match) => match[1] ?? "");
}

/** The cells of the row whose first cell is this code. */
function rowOf(text: string, key: string): string[] {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`| \`${key}\``)) ?? "";
  return line.split("|").map((cell) => cell.trim());
}

describe("documents and code say the same", () => {
  it("errors, in both directions, with status and advice", () => {
    const page = read("docs/reference/errors.md");
    expect(tableKeys(page)).toEqual(Object.keys(errors));
    for (const [code, row] of Object.entries(errors)) {
      expect(rowOf(page, code).slice(2, 5)).toEqual([String(row.status), row.retry ? "yes" : "no", row.meaning]);
    }
  });

  it("metrics and alarms, in both directions", () => {
    const page = read("docs/reference/metrics.md");
    expect(tableKeys(page)).toEqual([...Object.keys(metrics), ...Object.keys(alarms)]);
    for (const [name, row] of Object.entries(metrics)) {
      expect(rowOf(page, name).slice(2, 4)).toEqual([row.type, row.labels.join(", ") || "-"]);
    }
  });

  it("every cause of a residual", () => {
    const page = read("docs/reference/savings.md");
    expect(residualCauses.filter((cause) => !page.includes(`\`${cause}\``))).toEqual([]);
  });

  it("every relative link of every page leads somewhere", () => {
    const broken: string[] = [];
    for (const [path, text] of readMarkdown()) {
      for (const match of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
        if (!existsSync(join(root, dirname(path), match[1] ?? ""))) broken.push(`${path}: ${match[1] ?? ""}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it("every npm script that a page names exists", () => {
    const scripts = Object.keys((JSON.parse(read("package.json")) as { scripts: object }).scripts);
    const missing: string[] = [];
    for (const [path, text] of readMarkdown()) {
      for (const match of text.matchAll(/npm run ([a-z][a-z:-]*)/g)) {
        if (!scripts.includes(match[1] ?? "")) missing.push(`${path}: npm run ${match[1] ?? ""}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
