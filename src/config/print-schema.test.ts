import { describe, expect, it } from "vitest";
import { configJsonSchema } from "./print-schema.ts";

interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly additionalProperties?: boolean | SchemaNode;
}

/** Paths of all settings, as docs/reference/config.md writes them. */
function leaves(node: SchemaNode, path: string): [string, SchemaNode][] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([key, child]) =>
      leaves(child, path === "" ? key : `${path}.${key}`),
    );
  }
  if (node.items?.properties !== undefined) return leaves(node.items, `${path}[]`);
  if (typeof node.additionalProperties === "object") return leaves(node.additionalProperties, `${path}.<name>`);
  return [[path, node]];
}

describe("configJsonSchema", () => {
  const settings = leaves(configJsonSchema() as SchemaNode, "");

  it("describes every setting", () => {
    expect(settings.length).toBeGreaterThan(60);
    expect(settings.filter(([, node]) => node.description === undefined).map(([path]) => path)).toEqual([]);
  });

  it("refuses unknown keys everywhere", () => {
    const open = JSON.stringify(configJsonSchema()).match(/"properties":\{(?:(?!"additionalProperties").)*$/);
    expect(open).toBeNull();
  });
});
