import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleScope } from "../../../testing/sample-answer.ts";
import { fingerprintOf, KeyIndex } from "./key-index.ts";

describe("the index of what is stored", () => {
  test("knows what a set knows, whatever comes and goes", () => {
    // Few values and crowded low bits: searches run into each other and around the end.
    const fingerprint = fc
      .nat({ max: 40 })
      .map((value) => (value % 7) * 2 ** 32 + (value > 20 ? 1_022 : 0) + value + 1);
    const change = fc.tuple(fc.boolean(), fingerprint);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const index = new KeyIndex();
        const model = new Set<number>();
        for (const [comes, value] of changes) {
          if (comes) index.add(value);
          else index.delete(value);
          if (comes) model.add(value);
          else model.delete(value);
          expect(index.size).toBe(model.size);
        }
        for (let value = 0; value <= 40; value++) {
          const asked = (value % 7) * 2 ** 32 + (value > 20 ? 1_022 : 0) + value + 1;
          expect(index.has(asked)).toBe(model.has(asked));
        }
      }),
    );
  });

  test("grows, takes many at once and forgets all", () => {
    const index = new KeyIndex();
    const many = Float64Array.from({ length: 50_000 }, (_, at) => fingerprintOf(sampleScope("owner"), `key-${at}`));
    index.load(many);
    index.load(many);
    expect(index.size).toBe(50_000);
    expect(many.every((fingerprint) => index.has(fingerprint))).toBe(true);
    for (const fingerprint of many.subarray(0, 25_000)) index.delete(fingerprint);
    expect(index.size).toBe(25_000);
    expect(many.subarray(0, 25_000).some((fingerprint) => index.has(fingerprint))).toBe(false);
    expect(many.subarray(25_000).every((fingerprint) => index.has(fingerprint))).toBe(true);
    index.clear();
    expect(index.has(many[30_000] ?? 0)).toBe(false);
  });

  test("tells places apart, in whole positive numbers", () => {
    const seen = new Set<number>();
    for (const owner of ["a", "b", "ab"]) {
      for (const partition of ["", "a", "b"]) {
        for (let key = 0; key < 20_000; key++) seen.add(fingerprintOf(sampleScope(owner, partition), String(key)));
      }
    }
    expect(seen.size).toBe(180_000);
    expect([...seen].every((value) => Number.isSafeInteger(value) && value > 0)).toBe(true);
  });
});
