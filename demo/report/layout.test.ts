import { expect, test } from "vitest";
import { counted, countText, layLine, percentOf } from "./layout.ts";

test("cells are aligned in their columns and nothing trails", () => {
  const columns = [
    { width: 6, align: "left" },
    { width: 5, align: "right" },
    { width: 9, align: "left" },
  ] as const;
  expect(layLine(["name", "12", "note"], columns)).toBe("  name       12  note");
  expect(layLine(["a name too long", "1"], columns)).toBe("  a name too long      1");
  expect(layLine([], columns)).toBe("");
});

test("parts are rounded to the nearest tenth of a percent, losses too", () => {
  expect(percentOf(1n, 3n)).toBe("33.3 %");
  expect(percentOf(2n, 3n)).toBe("66.7 %");
  expect(percentOf(0n, 3n)).toBe("0.0 %");
  expect(percentOf(-1n, 3n)).toBe("-33.3 %");
  expect(percentOf(-1n, 300n)).toBe("-0.3 %");
  expect(percentOf(5n, 0n)).toBe("-");
});

test("counts have separators and the right noun", () => {
  expect(countText(1_234_567)).toBe("1,234,567");
  expect(counted(1, "hit")).toBe("1 hit");
  expect(counted(1_200, "hit")).toBe("1,200 hits");
  expect(counted(0, "reply", "replies")).toBe("0 replies");
});
