import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { vendorRows } from "../providers/vendor-catalogue.ts";
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
const rows = page.split("\n").flatMap((line) => {
  const [, setting = "", value = "", meaning = ""] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
  return setting.startsWith("`") ? [[setting, value, meaning]] : [];
});

describe("docs/reference/config.md", () => {
  it("has every setting with its default and meaning, and no other", () => {
    const expected = settingsOf(configJsonSchema() as SchemaNode, "").map(([path, node]) => {
      const value = typeof node.default === "string" ? node.default : JSON.stringify(node.default);
      return [`\`${path}\``, value === undefined ? "" : `\`${value}\``, node.description];
    });
    expect(rows).toEqual(expected);
  });

  it("shows an example that loads", () => {
    const example = page.slice(page.indexOf("## An example"), page.indexOf("## Rules")).replaceAll(/^ {4}/gm, "");
    const text = example
      .split("\n")
      .slice(2)
      .join("\n")
      .replaceAll(/file:\/run\/secrets\/\w+/g, "sk-of-a-test");
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
