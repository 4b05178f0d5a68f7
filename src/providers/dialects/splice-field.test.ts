import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../spec/json.ts";
import { spliceField } from "./splice-field.ts";

fc.configureGlobal({ seed: 7 });

const bytesOf = (text: string): Uint8Array => Buffer.from(text);
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");
const splice = (text: string, name: string, json: string): string => textOf(spliceField(bytesOf(text), 0, name, json));

const blank = fc.constantFrom("", "", " ", "\n", "\t \r\n");
const key = fc.oneof(
  fc.constantFrom("model", "Model", "stream", "", 'a"b', "model\\", "méthode", "🙂"),
  fc.string({ unit: "grapheme", maxLength: 6 }),
);
const value: fc.Arbitrary<JsonValue> = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;

/** A JSON text with blanks anywhere, names sometimes escaped, and the pieces it was made of. */
const objectText = fc
  .tuple(fc.array(fc.tuple(key, value, blank, blank, fc.boolean()), { maxLength: 6 }), blank)
  .map(([fields, space]) => {
    const parts = fields.map(([name, content, before, after, escape]) => {
      const quoted = escape ? `"${[...name].map(escaped).join("")}"` : JSON.stringify(name);
      const printed = JSON.stringify(content, null, before === "\n" ? 1 : 0);
      return { name, head: `${before}${quoted}${after}:${before}`, printed, tail: after };
    });
    return { parts, space };
  });

/** Every character as \uXXXX, which JSON allows for any. */
function escaped(character: string): string {
  let text = "";
  for (let index = 0; index < character.length; index += 1) {
    text += `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`;
  }
  return text;
}

describe("spliceField", () => {
  test("sets the field, whatever the text looks like, and changes no other byte", () => {
    fc.assert(
      fc.property(objectText, key, value, ({ parts, space }, name, next) => {
        const json = JSON.stringify(next);
        const print = (replaced: boolean): string => {
          const fields = parts.map(
            (part) => part.head + (replaced && part.name === name ? json : part.printed) + part.tail,
          );
          if (replaced && !parts.some((part) => part.name === name)) {
            const blanks = parts.length === 0 ? space : "";
            return `${space}{${fields.join(",")}${blanks}${parts.length > 0 ? "," : ""}${JSON.stringify(name)}:${json}}${space}`;
          }
          return `${space}{${fields.join(",")}${parts.length === 0 ? space : ""}}${space}`;
        };
        const result = splice(print(false), name, json);
        expect(result).toBe(print(true));
        const edited = Object.fromEntries(Object.entries(JSON.parse(print(false)) as object));
        Object.defineProperty(edited, name, {
          value: JSON.parse(json),
          enumerable: true,
          configurable: true,
          writable: true,
        });
        expect(JSON.parse(result)).toEqual(edited);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [
      `{"model":"a","seed":12345678901234567890,"x":1.0,"y":1e400}`,
      `{"model":"b","seed":12345678901234567890,"x":1.0,"y":1e400}`,
    ],
    [
      `{"m":{"model":"a"},"mo":"\\"model\\":","model" : "a" }`,
      `{"m":{"model":"a"},"mo":"\\"model\\":","model" : "b" }`,
    ],
    [`{"model":"a","model":"c"}`, `{"model":"b","model":"b"}`],
    [`{"mod\\u0065l":"a"}`, `{"mod\\u0065l":"b"}`],
    [`{"x":["]","}",{"model":"a"}],"model":{"model":[1]}}`, `{"x":["]","}",{"model":"a"}],"model":"b"}`],
    [`{}`, `{"model":"b"}`],
    [` {"a":-1.5e-7} `, ` {"a":-1.5e-7,"model":"b"} `],
    [`[{"model":"a"}]`, `[{"model":"a"}]`],
  ])("%s", (text, expected) => {
    expect(splice(text, "model", `"b"`)).toBe(expected);
  });
});
