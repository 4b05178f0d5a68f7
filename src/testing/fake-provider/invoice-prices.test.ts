import { expect, test } from "vitest";
import { invoicePicoUsd, noTokens, picoUsdPerToken } from "./invoice.ts";
import {
  completionModels,
  embeddingModels,
  imageModels,
  speechModels,
  transcriptionModels,
} from "./invoice-prices-endpoints.ts";
import { geminiModels } from "./invoice-prices-gemini.ts";

const atMs = Date.parse("2026-11-21T12:00:00Z");

// Worked by hand from the printed prices.
test.each([
  // 1,000 x 0.30/M + 500 x 2.50/M; thinking costs what output costs.
  ["gemini-2.5-flash", { input: 1_000, output: 300, reasoning: 200 }, 1_550_000_000n],
  // 80 x 0.30/M + 1,920 x 0.03/M.
  ["gemini-2.5-flash", { input: 80, cacheRead: 1_920 }, 81_600_000n],
  // Sound at 1.00/M: 320 x 1.00/M + 10 x 0.30/M.
  ["gemini-2.5-flash", { input: 10, inputAudio: 320 }, 323_000_000n],
  // At the border still the short price: 200,000 x 1.25/M.
  ["gemini-2.5-pro", { input: 200_000 }, 250_000_000_000n],
  // Above it the whole request is at the long one, cached tokens count: 1 x 2.50/M + 200,000 x 0.25/M + 1 x 15/M.
  ["gemini-2.5-pro", { input: 1, cacheRead: 200_000, output: 1 }, 50_017_500_000n],
  ["gemini-3.1-pro-preview", { input: 1_000, output: 1_000 }, 14_000_000_000n],
  ["gemini-4-argon", { input: 1_000, output: 1_000 }, 12_000_000_000n],
] as const)("invoices %s", (model, tokens, picoUsd) => {
  expect(invoicePicoUsd(geminiModels.get(model)?.price ?? null, { ...noTokens, ...tokens }, atMs)).toBe(picoUsd);
});

test("every price can be read; long prices cover the same classes and cost more", () => {
  const tables = [geminiModels, embeddingModels, completionModels, imageModels, speechModels, transcriptionModels];
  for (const { price } of tables.flatMap((table) => [...table.values()])) {
    if (price === null) continue;
    const { long, spans: _spans, ...rates } = price;
    for (const rate of Object.values(rates)) expect(picoUsdPerToken(rate)).toBeGreaterThanOrEqual(0n);
    expect(picoUsdPerToken(rates.input) + picoUsdPerToken(rates.output)).toBeGreaterThan(0n);
    if (long === undefined) continue;
    expect(Object.keys(long.price).toSorted()).toEqual(Object.keys(rates).toSorted());
    expect(picoUsdPerToken(long.price.input)).toBeGreaterThan(picoUsdPerToken(price.input));
  }
});

test("Gemini's reads are a tenth of the input from 2.5 on, but 4 Argon's, which are a twentieth, and a quarter before", () => {
  for (const [name, { price }] of geminiModels) {
    if (price?.cacheRead === undefined) continue;
    const share = name === "gemini-4-argon" ? 20n : /-(1\.5|2\.0)-/.test(name) ? 4n : 10n;
    expect([name, picoUsdPerToken(price.cacheRead) * share]).toEqual([name, picoUsdPerToken(price.input)]);
  }
});
