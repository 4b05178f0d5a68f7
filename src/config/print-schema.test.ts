import { describe, expect, it } from "vitest";
import { configJsonSchema } from "./print-schema.ts";

/** Every object of a schema that lists its properties. */
function sections(node: unknown): Record<string, unknown>[] {
  if (typeof node !== "object" || node === null) return [];
  const inner = Object.values(node).flatMap(sections);
  return "properties" in node && typeof node.properties === "object" && "type" in node ? [node, ...inner] : inner;
}

describe("configJsonSchema", () => {
  it("refuses unknown keys in every section", () => {
    const found = sections(configJsonSchema());
    expect(found.length).toBeGreaterThan(10);
    expect(found.filter((node) => node["additionalProperties"] !== false)).toEqual([]);
  });
});
