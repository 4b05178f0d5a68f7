import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../spec/json.ts";
import { dialectNames } from "../../spec/request.ts";
import { allDialects } from "./all-dialects.ts";
import { leaveOutFields, leaveOutMembers } from "./leave-out.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("leaveOutFields", () => {
  it.each([
    [`{"a":1,"cache":{"ttl":1},"b":2}`, `{"a":1,"b":2}`],
    [`{ "cache" : {"ttl":1} , "b":12345678901234567890}`, `{ "b":12345678901234567890}`],
    [`{"b": 1.0 , "cache":[1,"}"] }\n`, `{"b": 1.0 }\n`],
    [`{"cache":1}`, `{}`],
    [`{"cache":1,"cache":2,"b":"\\u00e9","cache":3}`, `{"b":"\\u00e9"}`],
    [`[{"cache":1}]`, `[{"cache":1}]`],
  ])("%s", (given, expected) => {
    expect(decode(leaveOutFields(encode(given), ["cache"]))).toBe(expected);
  });

  it("gives the same bytes when there is nothing to take out", () => {
    const bytes = encode(`{"a":{"cache":1}}`);
    expect(leaveOutFields(bytes, ["cache"])).toBe(bytes);
    expect(leaveOutFields(bytes, undefined)).toBe(bytes);
  });

  it("says the same as taking it out of the parsed body", () => {
    const names = fc.uniqueArray(fc.constantFrom("a", "b", "cache", "ttl"), { maxLength: 3 });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("a", "b", "cache", "c"), fc.jsonValue()), names, (body, left) => {
        const bytes = leaveOutFields(encode(JSON.stringify(body)), left);
        expect(JSON.parse(decode(bytes))).toEqual(
          JSON.parse(JSON.stringify(leaveOutMembers(body as JsonObject, left))),
        );
      }),
    );
  });
});

it.each(dialectNames)("%s takes members out of what it sends", (name) => {
  const dialect = allDialects[name];
  const body = { model: "m", messages: [], input: "x", prompt: "x", contents: [], max_tokens: 5, cache: { ttl: 1 } };
  const raw = encode(JSON.stringify(body));
  const path = { model: "m", stream: false };
  const request = dialect.readRequest(body, raw.length, path);
  const edit = { leaveOut: ["cache"] };
  const { cache: _taken, ...rest } = body;
  expect(decode(dialect.encodeRequest(request, edit, raw))).toBe(JSON.stringify(rest));
  expect(JSON.parse(decode(dialect.encodeRequest(request, edit)))).toEqual(rest);
  expect(dialect.encodeRequest(request, {}, raw)).toBe(raw);
});
