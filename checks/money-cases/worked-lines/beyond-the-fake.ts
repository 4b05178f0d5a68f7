import { chat, message, type WorkedLine } from "./worked-line.ts";

/** Lines of vendors and tiers that the fake provider does not play: only the bundled book is asked. */
export const linesBeyondTheFake: readonly WorkedLine[] = [
  // Batches at half, which the fake provider does not play.
  chat("gpt-4o", { prompt: 1000, completion: 500 }, "1000*1.25/1e6 + 500*5/1e6", { tier: "batch", only: "book" }),
  message("claude-sonnet-4-6", { fresh: 100, read: 1000, out: 25 }, "100*1.50/1e6 + 1000*0.15/1e6 + 25*7.50/1e6", {
    tier: "batch",
    only: "book",
  }),
  // xAI: from 200,000 tokens on, twice as dear.
  chat("grok-4.7", { prompt: 616, cached: 615, completion: 5 }, "1*2/1e6 + 615*0.50/1e6 + 5*6/1e6", {
    vendor: "xai",
    only: "book",
  }),
  chat("grok-4.7", { prompt: 199_999, completion: 5 }, "199999*2/1e6 + 5*6/1e6", { vendor: "xai", only: "book" }),
  chat("grok-4.7", { prompt: 200_000, completion: 5 }, "200000*4/1e6 + 5*12/1e6", { vendor: "xai", only: "book" }),
  // DeepSeek: off-peak on a Saturday, and a Monday between 01:00 and 04:00 UTC at twice the price.
  chat("deepseek-flash", { prompt: 1000, cached: 896, completion: 50 }, "104*0.15/1e6 + 896*0.003/1e6 + 50*0.60/1e6", {
    vendor: "deepseek",
    only: "book",
  }),
  chat("deepseek-flash", { prompt: 1000, cached: 896, completion: 50 }, "104*0.30/1e6 + 896*0.006/1e6 + 50*1.20/1e6", {
    vendor: "deepseek",
    only: "book",
    at: "2026-11-23T02:00:00Z",
  }),
  chat(
    "mistral-large-2512",
    { prompt: 1000, cached: 512, completion: 50 },
    "488*0.50/1e6 + 512*0.05/1e6 + 50*1.50/1e6",
    { vendor: "mistral", only: "book" },
  ),
  chat(
    "openai/gpt-oss-120b",
    { prompt: 1000, cached: 512, completion: 50 },
    "488*0.15/1e6 + 512*0.075/1e6 + 50*0.60/1e6",
    { vendor: "groq", only: "book" },
  ),
];
