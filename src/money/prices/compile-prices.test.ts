import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FarthingError } from "../../kit/farthing-error.ts";
import { compileVendor } from "./compile-prices.ts";
import { dayStartMs } from "../day-start.ts";
import type { ModelPrices, PriceEntry } from "./price-data.ts";

const entry: PriceEntry = {
  from: null,
  caching: "none",
  usdPerMillion: { input: "1", output: "2" },
  confidence: "high",
  source: "test",
  checked: "2026-11-21",
};

function compileModels(...models: readonly ModelPrices[]): () => unknown {
  return () => compileVendor({ vendor: "test", models });
}

test("a day starts where Date says", () => {
  fc.assert(
    fc.property(fc.date({ min: new Date("1970-01-01"), max: new Date("2199-12-31"), noInvalidDate: true }), (date) => {
      const day = date.toISOString().slice(0, 10);
      expect(dayStartMs(day)).toBe(Date.parse(`${day}T00:00:00Z`));
    }),
  );
});

test.each([
  [
    "a name that stands twice",
    compileModels({ id: "a", prices: [entry] }, { id: "b", aliases: ["a"], prices: [entry] }),
  ],
  [
    "entries out of order",
    compileModels({
      id: "a",
      prices: [
        { ...entry, from: "2026-02-01" },
        { ...entry, from: "2026-01-01" },
      ],
    }),
  ],
  ["two entries from the beginning", compileModels({ id: "a", prices: [entry, entry] })],
  ["an end before its start", compileModels({ id: "a", prices: [{ ...entry, from: "2026-02-01", to: "2026-02-01" }] })],
  [
    "an end after the next start",
    compileModels({
      id: "a",
      prices: [
        { ...entry, to: "2026-03-01" },
        { ...entry, from: "2026-02-01" },
      ],
    }),
  ],
  [
    "tiers that do not ascend",
    compileModels({
      id: "a",
      prices: [
        {
          ...entry,
          contextTiers: [10, 10].map((aboveInputTokens) => ({ aboveInputTokens, usdPerMillion: entry.usdPerMillion })),
        },
      ],
    }),
  ],
  [
    "a tier without a class of the base",
    compileModels({
      id: "a",
      prices: [{ ...entry, contextTiers: [{ aboveInputTokens: 10, usdPerMillion: { input: "1" } }] }],
    }),
  ],
  [
    "a fraction of a pico-dollar",
    compileModels({ id: "a", prices: [{ ...entry, usdPerMillion: { input: "0.0000001" } }] }),
  ],
  [
    "hours and a service tier that both have a table of their own",
    compileModels({
      id: "a",
      prices: [
        {
          ...entry,
          hours: [{ from: "01:00", to: "02:00", usdPerMillion: { input: "1" } }],
          serviceTiers: { batch: { usdPerMillion: { input: "1" } } },
        },
      ],
    }),
  ],
  [
    "a service tier that is the default one",
    compileModels({ id: "a", prices: [{ ...entry, serviceTiers: { standard: { percent: 50 } } }] }),
  ],
  ["a region that is none", compileModels({ id: "a", prices: [{ ...entry, regions: { global: { percent: 110 } } }] })],
  ["an entry that prices nothing", compileModels({ id: "a", prices: [{ ...entry, usdPerMillion: {} }] })],
])("refuses %s", (_, compile) => {
  expect(compile).toThrow(FarthingError);
});

function pricesUnder(caching: PriceEntry["caching"]): unknown {
  const models = [{ id: "a", prices: [{ ...entry, caching }] }];
  return compileVendor({ vendor: "test", models }).models.get("a")?.[0]?.tiers[0]?.picoUsdPerToken;
}

test("each caching rule fills its own classes", () => {
  const base = { input: 1_000_000n, output: 2_000_000n, reasoning: 2_000_000n };
  const writes = {
    cacheWrite5m: 1_000_000n,
    cacheWrite30m: 1_000_000n,
    cacheWrite1h: 1_000_000n,
    cacheWriteLonger: 1_000_000n,
  };
  expect(pricesUnder("billed-writes")).toEqual(base);
  expect(pricesUnder("free-writes")).toEqual({ ...base, ...writes });
  expect(pricesUnder("none")).toEqual({ ...base, ...writes, cacheRead: 1_000_000n });
});

test("a class is billed as another only where it has no price of its own", () => {
  const billedAs = { imageInput: "input", audioInput: "input" } as const;
  const prices = [{ ...entry, usdPerMillion: { input: "1", audioInput: "3" } }];
  const { models } = compileVendor({ vendor: "test", billedAs, models: [{ id: "a", prices }] });
  expect(models.get("a")?.[0]?.tiers[0]?.picoUsdPerToken).toMatchObject({
    input: 1_000_000n,
    audioInput: 3_000_000n,
    imageInput: 1_000_000n,
  });
});
