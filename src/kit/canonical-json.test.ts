import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject, JsonValue, OmittedMembers } from "../spec/json.ts";
import { canonicalJson } from "./canonical-json.ts";

const none: ReadonlySet<string> = new Set();
const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>;

describe("canonical JSON", () => {
  it("sorts members at every depth and drops white space", () => {
    const value = JSON.parse('{ "b": [ { "z": 1, "a": "x y" } ], "a": null }') as JsonObject;
    expect(canonicalJson(value, none)).toBe('{"a":null,"b":[{"a":"x y","z":1}]}');
  });

  it("keeps the order below the members named", () => {
    const value = { tools: [{ b: { d: 1, c: 2 }, a: 1 }], other: { b: 1, a: 1 } };
    expect(canonicalJson(value, new Set(["tools"]))).toBe(
      '{"other":{"a":1,"b":1},"tools":[{"b":{"d":1,"c":2},"a":1}]}',
    );
  });

  it("leaves out what it is told to, at the top only, and members of which nothing stays", () => {
    const omitted: OmittedMembers = new Map([
      ["stream", null],
      ["options", new Map([["usage", null]])],
    ]);
    const text = (value: JsonValue): string | null => canonicalJson(value, none, omitted);
    expect(text({ stream: true, options: { usage: true }, a: { stream: 1 } })).toBe('{"a":{"stream":1}}');
    expect(text({ options: { usage: true, b: 2 }, a: 1 })).toBe('{"a":1,"options":{"b":2}}');
    expect(text({ options: "usage" })).toBe('{"options":"usage"}');
    expect(text(["stream"])).toBe('["stream"]');
  });

  it("means the same as what it was given", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value, none);
        fc.pre(text !== null);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: 7 },
    );
  });

  it("is the same for any order of members", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (members) => {
        const turned = Object.fromEntries(Object.entries(members).toReversed()) as JsonObject;
        expect(canonicalJson(turned, none)).toBe(canonicalJson(members as JsonObject, none));
      }),
      { seed: 7 },
    );
  });

  it("differs for values that differ", () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        const text = canonicalJson(left, none);
        fc.pre(text !== null);
        expect(text === canonicalJson(right, none)).toBe(sameValue(left, right));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("refuses numbers that parsing rounds", () => {
    expect(canonicalJson({ seed: JSON.parse("9007199254740993") as number }, none)).toBeNull();
    expect(canonicalJson({ deep: [{ seed: -1e300 }] }, none)).toBeNull();
    expect(canonicalJson({ seed: Number.MAX_SAFE_INTEGER, zero: -0 }, none)).toBe('{"seed":9007199254740991,"zero":0}');
  });

  it("takes __proto__ for a name like any other, and lone surrogates for text", () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"a":1}}') as JsonObject, none)).toBe('{"__proto__":{"a":1}}');
    expect(canonicalJson("\ud800", none)).not.toBe(canonicalJson("\\ud800", none));
  });
});

/** Equal as JSON; -0 is 0. */
function sameValue(left: JsonValue, right: JsonValue): boolean {
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => sameValue(item, right[index] ?? null));
  }
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return left === right;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && sameValue(left[name] ?? null, right[name] ?? null));
}
