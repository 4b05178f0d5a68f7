import { expect, it } from "vitest";
import { headerOf, withoutHeaders } from "./header-list.ts";

const headers = ["Content-Type", "application/json", "x-a", "1", "X-A", "2", "odd"];

it("finds the first value, whatever the case", () => {
  expect(headerOf(headers, "content-type")).toBe("application/json");
  expect(headerOf(headers, "x-a")).toBe("1");
  expect(headerOf(headers, "x-b")).toBeNull();
  expect(headerOf(headers, "odd")).toBeNull();
});

it("takes headers out, and leaves a list without them as it is", () => {
  expect(withoutHeaders(["a", "1", "X-A", "2", "x-a", "3"], new Set(["x-a"]))).toEqual(["a", "1"]);
  const clean = ["a", "1"];
  expect(withoutHeaders(clean, new Set(["x-a"]))).toBe(clean);
});
