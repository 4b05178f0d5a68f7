import { expect, test } from "vitest";
import { compileVendor } from "./compile-prices.ts";
import { createModelFinder } from "./model-finder.ts";
import { bareEntry } from "./test-books.ts";

const longest = "x".repeat(189);
const vendor = compileVendor({
  vendor: "test",
  models: ["m", longest, `${longest}y`].map((id) => ({
    id,
    prices: [{ ...bareEntry, usdPerMillion: { input: "1" } }],
  })),
});

test("a name is looked up once, and the vendor asked for at the first one", () => {
  let asked = 0;
  const find = createModelFinder(() => {
    asked += 1;
    return vendor;
  });
  expect(asked).toBe(0);
  const found = find("m-2026-11-01");
  expect(found?.id).toBe("m");
  expect(find("m-2026-11-01")).toBe(found);
  expect([find("n"), find("n")]).toEqual([null, null]);
  expect(asked).toBe(2);
});

test("a thousand names are remembered, and any further one is still found", () => {
  const find = createModelFinder(() => vendor);
  for (let index = 0; index < 999; index += 1) find(`unheard-of-${index}`);
  const [thousandth, next] = [find("m-2026-11-01"), find("m-2026-11-02")];
  expect(find("m-2026-11-01")).toBe(thousandth);
  expect(find("m-2026-11-02")).not.toBe(next);
  expect(find("m-2026-11-02")).toEqual(next);
});

test("a name of more than 200 characters is unknown, whatever it begins with", () => {
  const find = createModelFinder(() => vendor);
  expect(find(`${longest}-2026-11-01`)?.id).toBe(longest);
  expect(find(`${longest}y-2026-11-01`)).toBeNull();
});
