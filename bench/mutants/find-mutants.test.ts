import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findMutants } from "./find-mutants.ts";
import { readExplained } from "./survivors.ts";

const textsOf = (code: string): readonly string[] =>
  findMutants("one.ts", code).map(
    ({ operator, start, end, text }) => `${operator}: ${code.slice(0, start)}${text}${code.slice(end)}`,
  );

describe("mutants", () => {
  it("swap arithmetic and drop terms", () => {
    expect(textsOf("const a = b + c;")).toEqual([
      "arithmetic: const a = ((b) - (c));",
      "dropped-term: const a = (b);",
      "dropped-term: const a = (c);",
    ]);
    expect(textsOf("a -= b;")).toEqual(["arithmetic: a += (b);", "dropped-term: void a;"]);
  });

  it("move and turn comparisons", () => {
    expect(textsOf("if (a < b) c();")).toEqual([
      "comparison: if (((a) <= (b))) c();",
      "comparison: if (((a) >= (b))) c();",
    ]);
  });

  it("negate conditions, swap logic, flip flags", () => {
    expect(textsOf("const a = b && c ? true : d;")).toEqual([
      "condition: const a = !(b && c) ? true : d;",
      "condition: const a = ((b) || (c)) ? true : d;",
      "flipped-flag: const a = b && c ? false : d;",
    ]);
  });

  it("shift numbers and bigints by one", () => {
    expect(textsOf("f(4, 5n);")).toEqual(["off-by-one: f((4 + 1), 5n);", "off-by-one: f(4, (5n + 1n));"]);
  });

  it("swap token classes where they are read or named", () => {
    expect(textsOf('f(tokens.cacheRead, "output");')).toEqual([
      'swapped-class: f(tokens.input, "output");',
      'swapped-class: f(tokens.cacheRead, "input");',
    ]);
  });

  it("know no class by a word that every object knows", () => {
    expect(textsOf("a.toString(); b.constructor;")).toEqual([]);
  });

  it("leave types, texts and imports alone", () => {
    const code = 'import { a } from "input";\ntype B = 1 | "output";\nconst c: 2 = d as 3;\nconst e = "x" + f;\n';
    expect(textsOf(code)).toEqual([]);
  });
});

describe("explained survivors", () => {
  it("each stands for a mutant that there is", () => {
    for (const { file, code, original, text, reason } of readExplained()) {
      const mutants = findMutants(file, readFileSync(join(import.meta.dirname, "../..", file), "utf8"));
      const found = mutants.filter(
        (mutant) => mutant.code === code && mutant.original === original && mutant.text === text,
      );
      expect(found, `${file}: ${code}`).not.toEqual([]);
      expect(reason.length).toBeGreaterThan(20);
    }
  });
});
