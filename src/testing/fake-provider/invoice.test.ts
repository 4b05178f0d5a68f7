import { expect, test } from "vitest";
import { anthropicModels, openaiModels, type InvoicePrice } from "./invoice-prices.ts";
import { invoicePicoUsd, noTokens, picoUsdPerToken } from "./invoice.ts";

/** The day that most prices were read on; promotions of that day hold. */
const atMs = Date.parse("2026-11-21T12:00:00Z");

function priceOf(model: string): InvoicePrice | null {
  return (openaiModels.get(model) ?? anthropicModels.get(model))?.price ?? null;
}

test("a price in dollars per million is pico-dollars per token", () => {
  // $2.50 / 1e6 = 2.5e-6 dollars = 2,500,000 pico-dollars.
  expect(picoUsdPerToken("2.50")).toBe(2_500_000n);
  expect(picoUsdPerToken("0.025")).toBe(25_000n);
  expect(picoUsdPerToken("0.005")).toBe(5_000n);
  expect(picoUsdPerToken("75.00")).toBe(75_000_000n);
  expect(() => picoUsdPerToken("1e3")).toThrow(RangeError);
  expect(() => picoUsdPerToken("0.0000001")).toThrow(RangeError);
});

// Worked by hand from the printed prices.
test.each([
  // 1,000 x $2.50/M + 500 x $10/M = $0.0025 + $0.005 = $0.0075 (the published example D2).
  ["gpt-4o", { input: 1_000, output: 500 }, 7_500_000_000n],
  // 1,000 x 0.15/M + 500 x 0.60/M = $0.00045.
  ["gpt-4o-mini-2024-07-18", { input: 1_000, output: 500 }, 450_000_000n],
  // 176 fresh x 2.50/M + 1,024 cached x 1.25/M + 10 x 10/M = 0.00044 + 0.00128 + 0.0001.
  ["gpt-4o-2024-11-20", { input: 176, cacheRead: 1_024, output: 10 }, 1_820_000_000n],
  // No cached price on the page: cached tokens cost the input price. 10 x 10/M + 10 x 10/M + 1 x 30/M.
  ["gpt-4-turbo", { input: 10, cacheRead: 10, output: 1 }, 230_000_000n],
  // Reasoning is billed as output: (100 + 192) x 2/M + 50 x 0.25/M.
  ["gpt-5-mini", { input: 50, output: 100, reasoning: 192 }, 596_500_000n],
  // 3 x 3/M + 20,000 x 0.30/M + 1,000 x 3.75/M + 500 x 6/M + 100 x 15/M.
  [
    "claude-sonnet-4-6",
    { input: 3, cacheRead: 20_000, cacheWrite5m: 1_000, cacheWrite1h: 500, output: 100 },
    14_259_000_000n,
  ],
  // 200 x 4/M + 1,500 x 5/M + 8 x 20/M.
  ["gpt-5.6-sol", { input: 200, cacheWrite30m: 1_500, output: 8 }, 8_460_000_000n],
  // The whole request at the long price: 272,001 x 8/M + 1 x 30/M.
  ["gpt-5.6-sol", { input: 272_001, output: 1 }, 2_176_038_000_000n],
  // At the border still the short one: 272,000 x 4/M.
  ["gpt-5.6-sol", { input: 272_000 }, 1_088_000_000_000n],
  // Cached tokens count for the border: 100,001 tokens, 1 x 0.50/M + 100,000 x 0.05/M.
  ["claude-haiku-5-5", { input: 1, cacheRead: 100_000 }, 5_000_500_000n],
] as const)("invoices %s", (model, tokens, picoUsd) => {
  expect(invoicePicoUsd(priceOf(model), { ...noTokens, ...tokens }, atMs)).toBe(picoUsd);
});

test("a model without a price is not invoiced as zero", () => {
  expect(openaiModels.has("gpt-fake-unpriced")).toBe(true);
  expect(invoicePicoUsd(priceOf("gpt-fake-unpriced"), { ...noTokens, input: 5 }, atMs)).toBeNull();
});

test("every price can be read, long prices cover the same classes and cost more", () => {
  for (const { price } of [...openaiModels.values(), ...anthropicModels.values()]) {
    if (price === null) continue;
    const { long, spans: _spans, ...rates } = price;
    for (const rate of Object.values(rates)) expect(picoUsdPerToken(rate)).toBeGreaterThan(0n);
    if (long === undefined) continue;
    expect(Object.keys(long.price).toSorted()).toEqual(Object.keys(rates).toSorted());
    expect(picoUsdPerToken(long.price.input)).toBeGreaterThan(picoUsdPerToken(price.input));
  }
});

test("Anthropic's writes are 1.25 and 2 times the input, as its page says of every model but the first Haiku", () => {
  for (const [name, { price }] of anthropicModels) {
    if (price === null || name.startsWith("claude-3-haiku")) continue;
    const input = picoUsdPerToken(price.input);
    expect(picoUsdPerToken(price.cacheWrite5m ?? "0") * 4n).toBe(input * 5n);
    expect(picoUsdPerToken(price.cacheWrite1h ?? "0")).toBe(input * 2n);
  }
});

test("prices change at midnight UTC of the day that they name", () => {
  const asked = { ...noTokens, input: 1_000_000 };
  const on = (moment: string): bigint | null => invoicePicoUsd(priceOf("gpt-5.6-sol"), asked, Date.parse(moment));
  // Above 272,000 tokens: 8 a million in the promotion, 10 before and after it.
  expect(on("2026-08-20T23:59:59.999Z")).toBe(10_000_000_000_000n);
  expect(on("2026-08-21T00:00:00Z")).toBe(8_000_000_000_000n);
  expect(on("2026-11-21T23:59:59.999Z")).toBe(8_000_000_000_000n);
  expect(on("2026-11-22T00:00:00Z")).toBe(10_000_000_000_000n);
});
