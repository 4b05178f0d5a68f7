import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatSize, parseSize } from "./parse-size.ts";

describe("parseSize", () => {
  it.each([
    ["32MiB", 33_554_432],
    ["500kB", 500_000],
    ["64B", 64],
    ["0.5KiB", 512],
  ])("%s is %i bytes", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(["", "32", "32 MiB", "32mb", "32M", "-1B", "0.3B", "9".repeat(30) + "B"])("refuses %j", (text) => {
    expect(parseSize(text)).toBeNull();
  });

  it("reads back what formatSize writes", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 45 }), (bytes) => {
        expect(parseSize(formatSize(bytes))).toBe(bytes);
      }),
    );
  });
});
