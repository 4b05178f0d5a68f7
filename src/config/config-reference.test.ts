import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contentClasses, contentLives } from "../spec/content-class.ts";
import { vendorRows } from "../providers/vendor-catalogue.ts";
import { parseDuration } from "./parse-duration.ts";
import { configJsonSchema } from "./print-schema.ts";
import { loadText } from "./test-load.ts";

interface SchemaNode {
  readonly default?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: boolean | SchemaNode;
}

/** Every setting of the schema, as the page writes it. */
function settingsOf(node: SchemaNode, path: string): [string, SchemaNode][] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([key, child]) =>
      settingsOf(child, path === "" ? key : `${path}.${key}`),
    );
  }
  if (node.items?.properties !== undefined) return [[`${path}[]`, node], ...settingsOf(node.items, `${path}[]`)];
  if (typeof node.additionalProperties === "object") return settingsOf(node.additionalProperties, `${path}.<name>`);
  return [[path, node]];
}

const page = readFileSync(new URL("../../docs/reference/config.md", import.meta.url), "utf8");

/** Cells of the table under a heading, as far as their first is code. */
function rowsUnder(heading: string): string[][] {
  const [, section = ""] = page.split(`\n## ${heading}\n`);
  const [body = ""] = section.split("\n## ");
  return body.split("\n").flatMap((line) => {
    const [, ...cells] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return cells[0]?.startsWith("`") === true ? [cells.slice(0, -1)] : [];
  });
}

function msOf(text: string): number | null | undefined {
  // Undefined for what is no duration, so that a slip of the pen is not taken for "never".
  return text === "never" ? null : (parseDuration(text) ?? undefined);
}

describe("docs/reference/config.md", () => {
  it("has every setting with its default and meaning, and no other", () => {
    const expected = settingsOf(configJsonSchema() as SchemaNode, "").map(([path, node]) => {
      const value = typeof node.default === "string" ? node.default : JSON.stringify(node.default);
      return [`\`${path}\``, value === undefined ? "" : `\`${value}\``, node.description];
    });
    expect(rowsUnder("Every setting")).toEqual(expected);
  });

  it("has the life of every class of content", () => {
    const lives = rowsUnder("Lives of answers").map(([name = "", , ...durations]) => [
      name,
      ...durations.map((text) => msOf(text)),
    ]);
    const expected = contentClasses.map((name) => {
      const life = contentLives[name];
      return [`\`${name}\``, ...(life === null ? [null, null, null] : [life.minMs, life.usualMs, life.maxMs])];
    });
    expect(lives).toEqual(expected);
  });

  it("shows an example that loads", () => {
    const example = page.slice(page.indexOf("## An example"), page.indexOf("## Rules")).replaceAll(/^ {4}/gm, "");
    const text = example
      .split("\n")
      .slice(2)
      .join("\n")
      .replaceAll(/file:\/run\/secrets\/\w+/g, "sk-of-a-test-of-the-reference-page");
    const { config } = loadText(text, { OPENAI_API_KEY: "sk" }, vendorRows);
    expect(config.routes.map((route) => route.name)).toEqual(["legal", "default"]);
    expect(config.endpoints.map(({ vendor }) => vendor)).toEqual([
      "openai",
      "anthropic",
      "groq",
      "azure-openai",
      "ollama",
      "vllm",
      "own",
    ]);
  });
});
