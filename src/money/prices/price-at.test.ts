import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { PriceTier } from "./compile-tables.ts";
import type { DatedPrices } from "./compiled-prices.ts";
import type { PriceEntry } from "./price-data.ts";
import { priceAt, tierOf, totalInputTokens } from "./price-at.ts";

const entry: PriceEntry = {
  from: null,
  caching: "none",
  usdPerMillion: {},
  confidence: "high",
  source: "test",
  checked: "2026-11-21",
};

function dated(fromMs: number, toMs: number, tiers: readonly PriceTier[] = []): DatedPrices {
  return { fromMs, toMs, uncertain: false, tiers, rules: null, dearest: () => [], entry };
}

test("an entry holds from its first millisecond to the last before the next", () => {
  const before = dated(-Infinity, 1000);
  const after = dated(1000, 3000);
  const entries = [before, after];
  expect(priceAt(entries, -1e15)).toBe(before);
  expect(priceAt(entries, 999)).toBe(before);
  expect(priceAt(entries, 1000)).toBe(after);
  expect(priceAt(entries, 2999)).toBe(after);
  expect(priceAt(entries, 3000)).toBeNull();
});

test("nothing holds before the first entry or in a gap", () => {
  const entries = [dated(1000, 2000), dated(3000, Infinity)];
  expect(priceAt(entries, 999)).toBeNull();
  expect(priceAt(entries, 2500)).toBeNull();
  expect(priceAt([], 0)).toBeNull();
});

test("the tier is the last whose threshold the whole input exceeds, whichever classes it is made of", () => {
  const tiers = [0, 100, 250].map((aboveInputTokens) => ({ aboveInputTokens, picoUsdPerToken: {} }));
  const prices = dated(0, 1, tiers);
  const count = fc.integer({ min: 0, max: 150 });
  fc.assert(
    fc.property(count, count, count, count, (input, cacheRead, cacheWrite5m, output) => {
      const usage = { source: "provider", tokens: { input, cacheRead, cacheWrite5m, output } } as const;
      const total = input + cacheRead + cacheWrite5m;
      expect(totalInputTokens(usage)).toBe(total);
      expect(tierOf(prices, usage)?.aboveInputTokens).toBe(total > 250 ? 250 : total > 100 ? 100 : 0);
    }),
  );
});
