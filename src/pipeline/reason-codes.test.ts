import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

it("the reference documents every reason code and no other", () => {
  const [, union = ""] = /export type ReasonCode =([^;]+);/.exec(read("../spec/decision.ts")) ?? [];
  const inCode = [...union.matchAll(/"([a-z-]+)"/g)].map(([, code]) => code);
  const inDocs = [...read("../../docs/reference/reason-codes.md").matchAll(/^\| `([a-z-]+)` +\|/gm)].map(
    ([, code]) => code,
  );
  expect(inCode.length).toBeGreaterThan(20);
  expect(inDocs.toSorted()).toEqual(inCode.toSorted());
});
