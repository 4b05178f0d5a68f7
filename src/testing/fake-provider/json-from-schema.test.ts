import { expect, test } from "vitest";
import { createSeededRandom } from "../seeded-random.ts";
import { SchemaSampler } from "./json-from-schema.ts";

function sample(schema: unknown, seed = 1): unknown {
  return new SchemaSampler(schema, ["refund", "invoice"], createSeededRandom(seed)).sample();
}

test("objects get all their properties, of the right types and within bounds", () => {
  const schema = {
    type: "object",
    properties: {
      name: { type: "string", maxLength: 4 },
      kind: { enum: ["a", "b"] },
      count: { type: "integer", minimum: 3, maximum: 5 },
      share: { type: "number", minimum: 0, maximum: 1 },
      flag: { type: "boolean" },
      when: { type: "string", format: "date" },
      maybe: { type: ["string", "null"] },
      fixed: { const: 7 },
      list: { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 3 },
    },
    required: ["name"],
    additionalProperties: false,
  };
  for (let seed = 0; seed < 50; seed++) {
    const value = sample(schema, seed) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(Object.keys(schema.properties));
    expect(String(value["name"]).length).toBeLessThanOrEqual(4);
    expect(["a", "b"]).toContain(value["kind"]);
    expect([3, 4, 5]).toContain(value["count"]);
    expect(Number(value["share"])).toBeLessThanOrEqual(1);
    expect(value["when"]).toMatch(/^2026-05-\d\d$/);
    expect(typeof value["maybe"]).toBe("string");
    expect(value["fixed"]).toBe(7);
    expect((value["list"] as unknown[]).length).toBeGreaterThanOrEqual(2);
    expect((value["list"] as unknown[]).length).toBeLessThanOrEqual(3);
  }
});

test("references are followed, recursion ends", () => {
  const schema = {
    $ref: "#/$defs/node",
    $defs: {
      node: {
        type: "object",
        properties: { name: { type: "string" }, next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } },
      },
    },
  };
  const text = JSON.stringify(sample(schema));
  expect(text).toContain('"next":null');
  expect(text.length).toBeLessThan(2_000);
});

test("nonsense is no reason to fail", () => {
  for (const schema of [null, 7, "x", [], {}, { type: "unheard-of" }, { $ref: "#/nowhere" }, { enum: [] }]) {
    expect(() => JSON.stringify(sample(schema))).not.toThrow();
  }
});
