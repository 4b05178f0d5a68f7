import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FarthingError } from "./farthing-error.ts";
import { guardJson } from "./json-guard.ts";

const names = [
  "model",
  "messages",
  "max_tokens",
  "max_completion_tokens",
  "stream",
  "n",
  "system",
  "tools",
  "tool_choice",
];

/** Code of the refusal, or "passes". */
function verdict(text: string, depthMax = 64): string {
  try {
    guardJson(new TextEncoder().encode(text), depthMax);
    return "passes";
  } catch (error) {
    return FarthingError.isInstance(error) ? `${error.code}${error.field === null ? "" : ` ${error.field}`}` : "crash";
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

/** A JSON string in which each character is escaped where its turn in `escapes` says so. */
function spell(name: string, escapes: readonly boolean[]): string {
  const characters = [...name].map((character, index) =>
    escapes[index] === true ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}` : character,
  );
  return `"${characters.join("")}"`;
}

/** Milliseconds for a string of escaped quotes, the worst case: each could send the scan back to the start. */
function timeOf(quotes: number): number {
  const bytes = new TextEncoder().encode(JSON.stringify({ a: '"'.repeat(quotes) }));
  const started = performance.now();
  for (let round = 0; round < 3; round++) guardJson(bytes, 8);
  return performance.now() - started;
}

const spaces = fc.constantFrom("", " ", "\n", "\t \r\n");
const member = fc.record({
  name: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...names, "temperature", "Model", "models", "metadata", "", "\u00e9") },
    { weight: 4, arbitrary: fc.stringMatching(/^[a-z]{1,3}[a-z0-9_]{0,3}$/) },
  ),
  escapes: fc.array(fc.boolean(), { maxLength: 22 }),
  value: fc.jsonValue({ maxDepth: 3 }),
  gap: spaces,
});

interface Member {
  readonly name: string;
  readonly escapes: readonly boolean[];
  readonly value: unknown;
  readonly gap: string;
}

function textOf(members: readonly Member[]): string {
  const texts = members.map(
    ({ name, escapes, value, gap }) => `${gap}${spell(name, escapes)}${gap}:${gap}${JSON.stringify(value)}${gap}`,
  );
  return `{${texts.join(",")}}`;
}

describe("guardJson", () => {
  it("refuses exactly the objects in which a name repeats, however it is spelt, and names it", () => {
    fc.assert(
      fc.property(fc.array(member, { maxLength: 40 }), (members) => {
        const text = textOf(members);
        JSON.parse(text);
        const seen = new Set<string>();
        const repeated = members.find(({ name }) => seen.has(name) || !seen.add(name));
        const isParameter = repeated !== undefined && /^[a-z][a-z0-9_]*$/.test(repeated.name);
        const refusal = isParameter ? `duplicate_field ${repeated.name}` : "duplicate_field";
        expect(verdict(text)).toBe(repeated === undefined ? "passes" : refusal);
      }),
      { numRuns: 1000 },
    );
  });

  it("finds the one repeated name among any number, on both sides of the change of method", () => {
    for (const count of [1, 2, 15, 16, 17, 18, 40, 1023]) {
      const all = Array.from({ length: count }, (_, index) => `"field_${index}":${index}`);
      expect(verdict(`{${all.join(",")}}`)).toBe("passes");
      for (const index of [0, count >> 1, count - 1]) {
        const name = `field_${index}`;
        expect(verdict(`{${all.join(",")},"${name}":0}`)).toBe(`duplicate_field ${name}`);
        expect(verdict(`{${all.join(",")},${spell(name, [true, false, true])}:0}`)).toBe(`duplicate_field ${name}`);
        expect(verdict(`{${spell(name, [true])}:0,${all.join(",")}}`)).toBe(`duplicate_field ${name}`);
      }
    }
  });

  it("refuses more names than any call has, before they cost anything", () => {
    const fields = Array.from({ length: 1025 }, (_, index) => `"f${index}":0`);
    expect(verdict(`{${fields.slice(1).join(",")}}`)).toBe("passes");
    expect(verdict(`{${fields.join(",")}}`)).toBe("invalid_request");
  });

  it("repeats no name in its message that may be text of a request", () => {
    for (const name of ["sk-canary", "canary canary", "Canary", `c${"a".repeat(40)}`]) {
      const twice = new TextEncoder().encode(`{"${name}":1,"${name}":2}`);
      expect(() => guardJson(twice, 8)).toThrow("Field number 2 of the body");
    }
  });

  it("passes what JSON.stringify writes, and refuses it one level below its depth", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(0, 1, 3), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const depth = depthOf(value);
        expect(verdict(text, Math.max(1, depth))).toBe("passes");
        expect(verdict(text, Math.max(1, depth - 1))).toBe(depth >= 2 ? "json_too_deep" : "passes");
      }),
      { numRuns: 500 },
    );
  });

  it("is not led astray by quotes, brackets and names inside strings", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('"', "\\", "{", "[", ",", ":", "a", "é", "\n"), maxLength: 200 }),
        (inside) => {
          expect(
            verdict(JSON.stringify({ model: inside, other: [inside, { model: inside }], stream: true }), 2 + 1),
          ).toBe("passes");
          expect(verdict(`{"a":${JSON.stringify(inside)},"model":1,"model":2}`)).toBe("duplicate_field model");
        },
      ),
      { numRuns: 500 },
    );
  });

  it("leaves names below the top and in a top-level array alone", () => {
    expect(verdict('{"a":{"model":1,"model":2}}')).toBe("passes");
    expect(verdict('[{"model":1},{"model":2}]')).toBe("passes");
    expect(verdict('["model","model"]')).toBe("passes");
    expect(verdict('{"a":"model","b":"model"}')).toBe("passes");
  });

  it("never throws anything else, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const mutated = new Uint8Array([...new TextEncoder().encode('{"model":"'), ...bytes]);
        expect(verdict(new TextDecoder("latin1").decode(mutated))).not.toBe("crash");
      }),
      { numRuns: 300 },
    );
    for (const text of ["", '"', '{"', '{"\\', '{"model\\', "]]]]", '{"mod\\u00']) expect(verdict(text)).toBe("passes");
  });

  it("stops a nesting bomb at the limit without reading on", () => {
    expect(verdict("[".repeat(5_000_000))).toBe("json_too_deep");
    expect(verdict(`{"model":"m","a":${"[".repeat(128)}${"]".repeat(128)}}`, 128)).toBe("json_too_deep");
    expect(verdict(`{"model":"m","a":${"[".repeat(127)}${"]".repeat(127)}}`, 128)).toBe("passes");
  });

  it("takes time in proportion to the body", () => {
    timeOf(100_000);
    expect(timeOf(1_000_000)).toBeLessThan(100 * Math.max(1, timeOf(100_000)));
  });
});
