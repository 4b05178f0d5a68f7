import { modelsOf, type FakeModel, type InvoicePrice, type PriceRow } from "./invoice-prices.ts";

/*
 * Gemini, as invoice-prices.ts: copied by hand from "Gemini Developer API pricing" (ai.google.dev/gemini-api/docs/pricing,
 * standard paid tier), read up to November 2026; the 3.5 to 4 rows and the promotional prices of 3.8 Flash and
 * 4 Argon in mirrors of that page. Thinking costs what output costs. Storage of explicit caches is not simulated.
 */

function flat(input: string, cacheRead: string, output: string, inputAudio?: string): InvoicePrice {
  return { input, cacheRead, output, ...(inputAudio === undefined ? {} : { inputAudio }) };
}

/** Prompts of more than 200,000 tokens are billed whole at the second price. */
function twoTier(short: InvoicePrice, above: InvoicePrice, aboveTokens = 200_000): InvoicePrice {
  return { ...short, long: { aboveTokens, price: above } };
}

/** A price until a day, and the one that is announced from then on. */
function changing(now: InvoicePrice, from: string, later: InvoicePrice): InvoicePrice {
  return { ...now, spans: [{ from, price: later }] };
}

function row(price: InvoicePrice, ...names: readonly string[]): PriceRow {
  return { models: names.map((name) => [name, name] as const), price };
}

const rows: readonly PriceRow[] = [
  row(twoTier(flat("0.075", "0.01875", "0.30"), flat("0.15", "0.0375", "0.60"), 128_000), "gemini-1.5-flash"),
  row(twoTier(flat("1.25", "0.3125", "5.00"), flat("2.50", "0.625", "10.00"), 128_000), "gemini-1.5-pro"),
  row(flat("0.10", "0.025", "0.40", "0.70"), "gemini-2.0-flash"),
  row(flat("0.10", "0.01", "0.40", "0.30"), "gemini-2.5-flash-lite"),
  row(flat("0.30", "0.03", "2.50", "1.00"), "gemini-2.5-flash"),
  row(twoTier(flat("1.25", "0.125", "10.00"), flat("2.50", "0.25", "15.00")), "gemini-2.5-pro"),
  row(flat("0.50", "0.05", "3.00", "1.00"), "gemini-3-flash-preview"),
  row(
    twoTier(flat("2.00", "0.20", "12.00"), flat("4.00", "0.40", "18.00")),
    "gemini-3-pro-preview",
    "gemini-3.1-pro-preview",
  ),
  row(flat("0.30", "0.03", "2.50"), "gemini-3.5-flash-lite"),
  row(changing(flat("0.75", "0.075", "3.75"), "2027-01-01", flat("1.50", "0.15", "7.50")), "gemini-3.8-flash"),
  row(changing(flat("2.00", "0.10", "10.00"), "2026-12-01", flat("4.00", "0.20", "20.00")), "gemini-4-argon"),
];

/** Models of `POST /v1beta/models/{model}:generateContent`. */
export const geminiModels: ReadonlyMap<string, FakeModel> = modelsOf(rows, ["gemini-fake-unpriced"]);
