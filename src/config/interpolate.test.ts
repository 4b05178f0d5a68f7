import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpolate } from "./interpolate.ts";

const env = { KEY: "sk-1", EMPTY: "", TRICK: "${KEY}" };

describe("interpolate", () => {
  it.each([
    ["plain", "plain"],
    ["${KEY}", "sk-1"],
    ["a ${KEY} b ${KEY}", "a sk-1 b sk-1"],
    ["${ABSENT:-there}", "there"],
    ["${EMPTY:-there}", "there"],
    ["${EMPTY}", ""],
    ["${ABSENT:-}", ""],
    ["$${KEY}", "${KEY}"],
    ["$KEY", "$KEY"],
    ["${not a name}", "${not a name}"],
  ])("%j becomes %j", (text, expected) => {
    expect(interpolate(text, env)).toMatchObject({ text: expected, missing: [] });
  });

  it("does not look into what it put in", () => {
    expect(interpolate("${TRICK}", env).text).toBe("${KEY}");
  });

  it("names what is missing", () => {
    expect(interpolate("${A}${B:-x}${C}", {}).missing).toEqual(["A", "C"]);
  });

  it("leaves text alone whose references are escaped", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("$", "{", "}", "KEY", ":-", " ")).map((parts) => parts.join("")),
        (text) => {
          const escaped = text.replaceAll("${", () => "$${");
          expect(interpolate(escaped, env).text).toBe(text);
        },
      ),
    );
  });
});
