import { expect, test } from "vitest";
import { FarthingError } from "../../kit/farthing-error.ts";
import type { Cost } from "../../spec/money.ts";
import type { Usage } from "../../spec/usage.ts";
import { bundledPriceBook } from "./bundled-price-book.ts";
import { picoToDecimal } from "../decimal.ts";

const book = bundledPriceBook();
const now = Date.parse("2026-11-21T12:00:00Z");

function provider(tokens: Usage["tokens"]): Usage {
  return { source: "provider", tokens };
}

function shown(cost: Cost): string {
  return cost.picoUsd === null ? cost.state : `${cost.state} ${picoToDecimal(cost.picoUsd)}`;
}

// Reckoned by hand from the vendors' price pages: USD per million tokens times tokens.
test.each<[string, string, Usage["tokens"], string]>([
  ["openai", "gpt-4o", { input: 1000, output: 500 }, "priced 0.0075"],
  ["openai", "gpt-4o-mini", { input: 1000, output: 500 }, "priced 0.00045"],
  ["openai", "gpt-4o-2024-05-13", { input: 1000, output: 500 }, "priced 0.0125"],
  ["openai", "gpt-5", { input: 1000, cacheRead: 9000, output: 200, reasoning: 800 }, "priced 0.012375"],
  // 0.25 x 2.00 + 0.75 x 2.50 + 0.1 x 12 per thousand
  ["openai", "gpt-5.6-terra", { input: 250, cacheWrite30m: 750, output: 100 }, "priced 0.003575"],
  // Before GPT-5.6 a cache write is plain input.
  ["openai", "gpt-4o", { input: 500, cacheWrite30m: 500 }, "priced 0.0025"],
  // No caching at all: a read is plain input.
  ["openai", "gpt-4", { input: 500, cacheRead: 500 }, "priced 0.03"],
  ["openai", "gpt-audio", { input: 100, audioInput: 1000, audioOutput: 1000 }, "priced 0.09625"],
  ["openai", "ft:gpt-4o-2024-08-06:acme::abc123", { input: 1000 }, "priced 0.00375"],
  ["anthropic", "claude-3-haiku-20240307", { input: 1000, output: 500 }, "priced 0.000875"],
  ["anthropic", "claude-3-5-haiku-latest", { input: 1000, output: 500 }, "priced 0.0028"],
  ["anthropic", "claude-3-5-sonnet-20241022", { input: 1000, output: 500 }, "priced 0.0105"],
  // 2,000-token prefix written once for an hour, then read: 2000 x 2 and 2000 x 0.1 on Haiku 4.5
  ["anthropic", "claude-haiku-4-5", { input: 50, cacheWrite1h: 2000, output: 100 }, "priced 0.00455"],
  ["anthropic", "claude-haiku-4-5", { input: 50, cacheRead: 2000, output: 100 }, "priced 0.00075"],
  ["anthropic", "claude-opus-5-5", { input: 10, cacheRead: 100_000, output: 1000 }, "priced 0.04004"],
  ["google", "gemini-1.5-flash", { input: 1000, output: 500 }, "priced 0.000225"],
  ["google", "gemini-1.5-pro", { input: 1000, output: 500 }, "priced 0.00375"],
  ["google", "gemini-embedding-001", { input: 1_000_000 }, "priced 0.15"],
  ["openai", "gpt-image-1", { input: 1000, imageInput: 1000, output: 1000 }, "priced 0.055"],
  ["openai", "gpt-4o-transcribe", { audioInput: 1000, output: 100 }, "priced 0.007"],
  ["azure-openai", "gpt-4o", { input: 1000, cacheRead: 1000, output: 500 }, "priced 0.00875"],
  ["openrouter", "anthropic/claude-haiku-4.5", { input: 1000, cacheRead: 1000, output: 500 }, "priced 0.0036"],
  ["openrouter", "openai/gpt-oss-120b", { input: 1_000_000 }, "estimated 0.03"],
  ["xai", "grok-4.7", { input: 1000, cacheRead: 1000, output: 1000 }, "priced 0.0085"],
  ["mistral", "mistral-large-2512", { input: 1000, cacheRead: 1000, output: 1000 }, "priced 0.00205"],
  ["mistral", "mistral-small-2603", { input: 1000, cacheRead: 1000, output: 1000 }, "priced 0.000765"],
  ["groq", "openai/gpt-oss-120b", { input: 1000, cacheRead: 1000, output: 1000 }, "priced 0.000825"],
  ["together", "meta-llama/Llama-3.3-70B-Instruct-Turbo", { input: 1000, output: 1000 }, "priced 0.00176"],
  [
    "fireworks",
    "accounts/fireworks/models/kimi-k2p6",
    { input: 1000, cacheRead: 1000, output: 1000 },
    "priced 0.00511",
  ],
  // The fee of a request and its tokens: 0.005 + 0.001 + 0.001
  ["perplexity", "sonar", { input: 1000, output: 1000 }, "estimated 0.007"],
  ["cerebras", "gpt-oss-120b", { input: 1000, output: 1000 }, "priced 0.0011"],
  // A cached price that no source gives is none.
  ["cerebras", "gpt-oss-120b", { input: 1000, cacheRead: 1000, output: 1000 }, "unpriced"],
])("%s %s %o costs %s", (vendor, model, tokens, cost) => {
  expect(shown(book.costOf(vendor, model, provider(tokens), now))).toBe(cost);
});

test.each<[string, string, number, bigint, bigint]>([
  ["openai", "gpt-5.4", 272_000, 2_500_000n, 5_000_000n],
  ["anthropic", "claude-haiku-5-5", 100_000, 100_000n, 500_000n],
  ["anthropic", "claude-sonnet-4-5", 200_000, 3_000_000n, 6_000_000n],
  ["google", "gemini-3.1-pro-preview", 200_000, 2_000_000n, 4_000_000n],
  ["google", "gemini-1.5-pro", 128_000, 1_250_000n, 2_500_000n],
  // xAI's long context starts at 200,000 tokens, the others' above.
  ["xai", "grok-4.7", 199_999, 2_000_000n, 4_000_000n],
  ["xai", "grok-4.3", 199_999, 1_250_000n, 2_500_000n],
  ["openrouter", "x-ai/grok-4.3", 200_000, 1_250_000n, 2_500_000n],
])("%s %s: the whole request is dearer from the token after %i", (vendor, model, threshold, below, above) => {
  const at = (input: number): bigint | null => book.costOf(vendor, model, provider({ input }), now).picoUsd;
  expect(at(threshold)).toBe(BigInt(threshold) * below);
  expect(at(threshold + 1)).toBe(BigInt(threshold + 1) * above);
});

test("cached tokens count towards a tier, and output takes it", () => {
  const tokens = { input: 1, cacheRead: 99_999, cacheWrite5m: 1, output: 10 };
  // 1 x 0.50 + 99,999 x 0.05 + 1 x 0.625 + 10 x 2.50 per million
  expect(book.costOf("anthropic", "claude-haiku-5-5", provider(tokens), now).picoUsd).toBe(5_026_075_000n);
});

test.each([
  ["google", "gemini-4-argon", "2026-11-30T23:59:59.999Z", "estimated 2"],
  ["google", "gemini-4-argon", "2026-12-01T00:00:00.000Z", "estimated 4"],
  ["google", "gemini-3.8-flash", "2026-12-31T23:59:59.999Z", "priced 0.75"],
  ["google", "gemini-3.8-flash", "2027-01-01T00:00:00.000Z", "priced 1.5"],
  ["openai", "gpt-5.6-luna", "2026-07-29T23:59:59.999Z", "priced 2"],
  ["openai", "gpt-5.6-luna", "2026-07-30T00:00:00.000Z", "priced 0.4"],
  ["openai", "gpt-5.6-sol", "2026-11-21T23:59:59.999Z", "priced 8"],
  ["openai", "gpt-5.6-sol", "2026-11-22T00:00:00.000Z", "estimated 10"],
  ["anthropic", "claude-opus-5-5", "2026-09-21T23:59:59.999Z", "unpriced"],
  ["anthropic", "claude-opus-5-5", "2026-09-22T00:00:00.000Z", "priced 4"],
  ["anthropic", "claude-sonnet-5", "2026-09-01T00:00:00.000Z", "priced 2"],
  ["deepseek", "deepseek-v4-pro", "2026-08-15T23:59:59.999Z", "priced 0.435"],
  // Peak hours are 01-04 and 06-10 UTC on weekdays; 2026-11-20 is a Friday, and the days from 2026-10-01 on are holidays.
  ["deepseek", "deepseek-flash", "2026-11-20T00:59:59.999Z", "priced 0.15"],
  ["deepseek", "deepseek-flash", "2026-11-20T01:00:00.000Z", "priced 0.3"],
  ["deepseek", "deepseek-flash", "2026-11-20T04:00:00.000Z", "priced 0.15"],
  ["deepseek", "deepseek-flash", "2026-11-20T06:00:00.000Z", "priced 0.3"],
  ["deepseek", "deepseek-flash", "2026-11-20T10:00:00.000Z", "priced 0.15"],
  ["deepseek", "deepseek-flash", "2026-11-21T02:00:00.000Z", "priced 0.15"],
  ["deepseek", "deepseek-flash", "2026-10-02T02:00:00.000Z", "priced 0.15"],
  ["deepseek", "deepseek-v4-pro", "2026-10-08T02:00:00.000Z", "priced 1.32"],
  ["deepseek", "deepseek-v4-flash", "2026-11-20T02:00:00.000Z", "estimated 0.3"],
  ["deepseek", "deepseek-chat", "2026-08-16T00:00:00.000Z", "unpriced"],
  ["mistral", "mistral-small-latest", "2026-03-15T12:00:00.000Z", "priced 0.1"],
  ["mistral", "mistral-small-latest", "2026-03-16T12:00:00.000Z", "priced 0.15"],
])("a million input tokens of %s %s at %s: %s", (vendor, model, at, cost) => {
  expect(shown(book.costOf(vendor, model, provider({ input: 1_000_000 }), Date.parse(at)))).toBe(cost);
});

test.each([
  ["openai", "gpt-4o-mini-turbo-ultra"],
  ["openai", "gpt-4oo"],
  ["openai", "gpt"],
  ["openai", "GPT-4O"],
  ["openai", "ft:gpt-9:acme::x"],
  ["openai", "claude-opus-5"],
  ["openai", ""],
  ["openai", "gpt-4o".padEnd(10_000, "x")],
  ["nobody", "gpt-4o"],
])("%s %s is unpriced, never zero", (vendor, model) => {
  expect(book.costOf(vendor, model, provider({ input: 1000 }), now)).toEqual({ state: "unpriced", picoUsd: null });
});

test("an unlisted snapshot of a listed model is priced like it, as an estimate", () => {
  expect(shown(book.costOf("openai", "gpt-4o-2027-03-01", provider({ input: 1000 }), now))).toBe("estimated 0.0025");
  expect(shown(book.costOf("anthropic", "claude-opus-5-20260724", provider({ input: 1000 }), now))).toBe(
    "estimated 0.005",
  );
  expect(shown(book.costOf("openai", "gpt-4o-2027-03-01-mini", provider({ input: 1000 }), now))).toBe("unpriced");
});

test("a write lifetime that the source does not price is unpriced", () => {
  expect(shown(book.costOf("anthropic", "claude-opus-5", provider({ cacheWriteLonger: 1 }), now))).toBe("unpriced");
  expect(shown(book.costOf("openai", "gpt-5.6-terra", provider({ cacheWriteLonger: 1 }), now))).toBe("unpriced");
});

test("a web search of Anthropic's is a cent", () => {
  const usage: Usage = {
    ...provider({ input: 1000 }),
    serverToolCalls: { web_search_requests: 2, web_fetch_requests: 5 },
  };
  expect(shown(book.costOf("anthropic", "claude-sonnet-5", usage, now))).toBe("priced 0.022");
});

type Circumstances = Pick<Usage, "serviceTier" | "region" | "serverToolCalls">;

// Reckoned by hand: the default price in the first comment of each group, then what the vendor's rule makes of it.
test.each<[string, string, Usage["tokens"], Circumstances, string]>([
  // gpt-5: 1.25 + 0.125 + 10 per million of each; batches and flex halve everything, cached tokens too.
  ["openai", "gpt-5", { input: 1000, cacheRead: 1000, output: 1000 }, { serviceTier: "batch" }, "priced 0.0056875"],
  ["openai", "gpt-5", { input: 1000, cacheRead: 1000, output: 1000 }, { serviceTier: "flex" }, "priced 0.0056875"],
  ["openai", "gpt-5", { input: 1000, cacheRead: 1000, output: 1000 }, { serviceTier: "priority" }, "priced 0.02275"],
  // gpt-4.1: 2 + 0.5 + 8. A batch does not cache before GPT-5: what was read costs half of input, 1.
  ["openai", "gpt-4.1", { input: 1000, cacheRead: 1000, output: 1000 }, { serviceTier: "batch" }, "priced 0.006"],
  ["openai", "gpt-4.1", { input: 1000, cacheRead: 1000, output: 1000 }, { serviceTier: "priority" }, "priced 0.018375"],
  // gpt-4o-mini has its own table for priority: 0.25 + 0.125 + 1
  [
    "openai",
    "gpt-4o-mini",
    { input: 1000, cacheRead: 1000, output: 1000 },
    { serviceTier: "priority" },
    "priced 0.001375",
  ],
  // A public table has 2.50 for gpt-5-nano's priority, fifty times its price: not taken over.
  ["openai", "gpt-5-nano", { input: 1_000_000 }, { serviceTier: "priority" }, "estimated 0.1"],
  ["openai", "gpt-5.5", { input: 1000, output: 1000 }, { region: "eu" }, "priced 0.0385"],
  ["openai", "gpt-5", { input: 1000 }, { serverToolCalls: { web_search: 3, file_search: 2 } }, "priced 0.03625"],
  ["openai", "gpt-4o", { input: 1000 }, { serverToolCalls: { web_search: 1 } }, "unpriced"],
  // claude-opus-5: 5 + 0.5 + 6.25 + 10 + 25; a batch halves all of it.
  [
    "anthropic",
    "claude-opus-5",
    { input: 1000, cacheRead: 1000, cacheWrite5m: 1000, cacheWrite1h: 1000, output: 1000 },
    { serviceTier: "batch" },
    "priced 0.023375",
  ],
  ["anthropic", "claude-opus-5", { input: 1000, output: 1000 }, { serviceTier: "fast" }, "priced 0.06"],
  ["anthropic", "claude-opus-4-6", { input: 1000, output: 1000 }, { serviceTier: "fast" }, "priced 0.18"],
  ["anthropic", "claude-sonnet-5-5", { input: 1000, output: 1000 }, { serviceTier: "fast" }, "estimated 0.024"],
  ["anthropic", "claude-opus-5-5", { input: 1000, output: 1000 }, { region: "us" }, "priced 0.0264"],
  ["google", "gemini-3.1-pro-preview", { input: 1000, output: 1000 }, { serviceTier: "priority" }, "priced 0.0252"],
  ["google", "gemini-3.5-flash-lite", { cacheRead: 1_000_000 }, { serviceTier: "flex" }, "priced 0.02"],
  ["google", "gemini-2.5-pro", { input: 1000, output: 1000 }, { serviceTier: "batch" }, "estimated 0.005625"],
  ["groq", "openai/gpt-oss-120b", { input: 1000, output: 1000 }, { serviceTier: "flex" }, "priced 0.00075"],
  ["groq", "openai/gpt-oss-120b", { input: 1000, output: 1000 }, { serviceTier: "on_demand" }, "priced 0.00075"],
  ["xai", "grok-4.3", { input: 1000, output: 1000 }, { region: "us" }, "priced 0.004125"],
  ["xai", "grok-4.3", { input: 1000 }, { serverToolCalls: { x_search: 2 } }, "priced 0.01125"],
])("%s %s %o under %o costs %s", (vendor, model, tokens, circumstances, cost) => {
  expect(shown(book.costOf(vendor, model, { ...provider(tokens), ...circumstances }, now))).toBe(cost);
});

test.each(["Qwen/qwen3-next", "x-ai/grok-9", "openai/gpt-4o:free"])("%s of OpenRouter is not carried", (model) => {
  expect(shown(book.costOf("openrouter", model, provider({ input: 1 }), now))).toBe("unpriced");
});

test("many unknown names neither slow nor fill the book", () => {
  for (let call = 0; call < 5000; call += 1) book.costOf("openai", `gpt-${call}`, provider({ input: 1 }), now);
  expect(shown(book.costOf("openai", "gpt-4o", provider({ input: 1000 }), now))).toBe("priced 0.0025");
});

const own = {
  vendor: "openai",
  models: [
    {
      id: "gpt-4o",
      prices: [
        {
          from: null,
          caching: "none",
          usdPerMillion: { input: "2", output: "8" },
          confidence: "high",
          source: "contract",
          checked: "2026-11-01",
        },
      ],
    },
  ],
};

test("an operator's price replaces the bundled one under its names only, and the version tells", () => {
  const contract = bundledPriceBook([own, { ...own, vendor: "house" }]);
  expect(shown(contract.costOf("openai", "gpt-4o", provider({ input: 1000 }), now))).toBe("priced 0.002");
  expect(shown(contract.costOf("openai", "gpt-4o-2024-08-06", provider({ input: 1000 }), now))).toBe("priced 0.0025");
  expect(shown(contract.costOf("openai", "gpt-4o-mini", provider({ input: 1000 }), now))).toBe("priced 0.00015");
  expect(shown(contract.costOf("house", "gpt-4o", provider({ input: 1000 }), now))).toBe("priced 0.002");
  expect(contract.version).not.toBe(book.version);
  expect(bundledPriceBook().version).toBe(book.version);
  expect(book.version).toMatch(/^p1-[0-9a-f]{16}$/);
});

test.each([
  [
    "a price as a number",
    { ...own, models: [{ ...own.models[0], prices: [{ ...own.models[0]?.prices[0], usdPerMillion: { input: 2 } }] }] },
  ],
  [
    "an unknown class",
    {
      ...own,
      models: [{ ...own.models[0], prices: [{ ...own.models[0]?.prices[0], usdPerMillion: { inptu: "2" } }] }],
    },
  ],
  ["a misspelt field", { ...own, modles: [] }],
  ["no object", 7],
])("an override with %s is refused with its place", (_, override) => {
  expect(() => bundledPriceBook([override])).toThrow(FarthingError);
  expect(() => bundledPriceBook([override])).toThrow(/Price data is wrong at/);
});
