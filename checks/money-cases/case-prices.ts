import type { TokenClass } from "../../src/spec/usage.ts";

/** USD per million tokens, one for every class and no two alike, so that a token in the wrong class changes the amount. */
export const casePrices: Readonly<Partial<Record<TokenClass, string>>> = {
  input: "3",
  cacheRead: "0.3",
  cacheWrite5m: "3.75",
  cacheWrite30m: "4",
  cacheWrite1h: "6",
  cacheWriteLonger: "8",
  output: "15",
  audioInput: "10",
  audioOutput: "20",
  imageInput: "5",
};

const entry = {
  from: null,
  caching: "billed-writes",
  usdPerMillion: casePrices,
  confidence: "high",
  source: "made up for the cases",
  checked: "2026-11-21",
} as const;

/**
 * The prices of the cases: they belong to no vendor and never change. Thinking costs what output costs. Model `small` is a
 * tenth of `large`; `free` costs nothing, and that is its price; a search is 1 cent, `batch` half and `priority` twice.
 */
export function casePriceDocument(vendor: string): unknown {
  const small = { input: "0.3", cacheRead: "0.03", output: "1.5" };
  return {
    vendor,
    serviceTiers: { batch: { percent: 50 }, priority: { percent: 200 } },
    serverTools: { web_search_requests: "0.01", web_search: "0.01" },
    models: [
      { id: "large", prices: [entry] },
      { id: "small", prices: [{ ...entry, usdPerMillion: small }] },
      { id: "free", prices: [{ ...entry, caching: "none", usdPerMillion: { input: "0", output: "0" } }] },
    ],
  };
}

/** Prices of the budgets' cases, so few that a reservation is reckoned in one's head: `tiered` is twice as dear above 200 tokens. */
export function budgetPriceDocument(vendor: string): unknown {
  const plain = { ...entry, caching: "none", usdPerMillion: { input: "3", output: "15" } };
  const twice = { aboveInputTokens: 200, usdPerMillion: { input: "6", output: "30" } };
  return {
    vendor,
    models: [
      { id: "plain", prices: [plain] },
      { id: "tiered", prices: [{ ...plain, contextTiers: [twice] }] },
      { id: "free", prices: [{ ...plain, usdPerMillion: { input: "0", output: "0" } }] },
    ],
  };
}
