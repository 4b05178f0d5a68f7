import * as z from "zod";
import { perMillion, pricesOf, readTableJson, shortWrite, type TableRow } from "./table-row.ts";

/** Langfuse's default model prices, base tier only: USD per token, three vendors. */
export function langfuseRows(): readonly TableRow[] {
  const tier = z.object({ isDefault: z.boolean(), prices: z.record(z.string(), z.number()) });
  const schema = z.array(z.object({ modelName: z.string(), pricingTiers: z.array(tier) }));
  return schema
    .parse(readTableJson("langfuse_default_model_prices_2026-08-22.json.gz"))
    .flatMap(({ modelName, pricingTiers }) => {
      // PaLM names have no vendor prefix of their own and are long gone.
      if (/bison|gecko|unicorn/.test(modelName)) return [];
      const vendor = vendorOf(modelName);
      const prices = pricingTiers.find(({ isDefault }) => isDefault)?.prices ?? {};
      const usd = pricesOf({
        input: perMillion(prices["input"] ?? prices["total"]),
        output: perMillion(prices["output"] ?? prices["total"]),
        cacheRead: perMillion(prices["input_cached_tokens"]),
        ...shortWrite(vendor, perMillion(prices["input_cache_creation"])),
        cacheWrite1h: perMillion(prices["input_cache_creation_1h"]),
        audioInput: perMillion(prices["input_audio_tokens"]),
        audioOutput: perMillion(prices["output_audio_tokens"]),
      });
      // The table writes claude-3.5, the vendor claude-3-5.
      const model = modelName.replace(/^claude-3\.(\d)/, "claude-3-$1");
      return [{ table: "langfuse", vendor, model, at: "2026-08-22T12:00:00Z", usd, aboveInputTokens: 0 }];
    });
}

function vendorOf(modelName: string): string {
  if (modelName.startsWith("claude")) return "anthropic";
  return modelName.startsWith("gemini") ? "google" : "openai";
}
