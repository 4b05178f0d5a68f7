import { expect, test } from "vitest";
import { compileVendor } from "../prices/compile-prices.ts";
import { documentOf } from "../prices/test-books.ts";
import { figuresOf, kindOfFigure } from "./price-figures.ts";

test("every figure of an entry has a name, and the name tells what its number is", () => {
  const entry = {
    usdPerMillion: { input: "1", output: "4" },
    contextTiers: [{ aboveInputTokens: 1000, usdPerMillion: { input: "2", output: "6" } }],
    serviceTiers: {
      batch: { percent: 50, percentOf: { output: 75 } },
      own: { usdPerMillion: { input: "3" } },
    },
    hours: [{ from: "01:00", to: "04:00", percent: 200 }],
    regions: { us: { percent: 110 } },
    perRequest: "0.000000000001",
    units: { image: "0.04" },
    serverTools: { search: "0.01" },
  };
  const [dated] = compileVendor(documentOf(entry)).models.get("m") ?? [];
  if (dated === undefined) throw new Error("the document has no entry");
  const told = [...figuresOf(dated)].map(([name, figure]) => [name, figure, kindOfFigure(name)]);
  // Reasoning is output where it has no price of its own.
  expect(told).toEqual([
    ["input", 1_000_000n, "token"],
    ["output", 4_000_000n, "token"],
    ["reasoning", 4_000_000n, "token"],
    ["input above 1000", 2_000_000n, "token"],
    ["output above 1000", 6_000_000n, "token"],
    ["reasoning above 1000", 6_000_000n, "token"],
    ["batch percent", 5_000n, "percent"],
    ["batch output percent", 7_500n, "percent"],
    ["own input", 3_000_000n, "token"],
    ["01:00-04:00 UTC every day percent", 20_000n, "percent"],
    ["region us percent", 11_000n, "percent"],
    ["request", 1n, "one"],
    ["image", 40_000_000_000n, "one"],
    ["tool:search", 10_000_000_000n, "one"],
  ]);
});

test("an entry without a fee has no figure of one", () => {
  const [dated] = compileVendor(documentOf({ units: { image: "0.04" } })).models.get("m") ?? [];
  expect(dated === undefined ? [] : [...figuresOf(dated).keys()]).toEqual(["image"]);
});
