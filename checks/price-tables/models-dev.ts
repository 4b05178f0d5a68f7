import * as z from "zod";
import { pricesOf, readTableJson, shortWrite, type TableRow } from "./table-row.ts";

const cost = z.object({
  input: z.number(),
  output: z.number(),
  cache_read: z.number().optional(),
  cached_input: z.number().optional(),
  cache_write: z.number().optional(),
  reasoning: z.number().optional(),
  input_audio: z.number().optional(),
  output_audio: z.number().optional(),
});
const tieredCost = cost.extend({ tiers: z.array(cost.extend({ tier: z.object({ size: z.number() }) })).optional() });
const models = z.record(z.string(), z.looseObject({ cost: tieredCost.nullish() }));

/** Vendors that the table calls otherwise than we do. */
const providerNames: Readonly<Record<string, string>> = {
  "azure-openai": "azure",
  together: "togetherai",
  fireworks: "fireworks-ai",
};

/** models.dev, compiled with its inheritance: USD per million. */
export function modelsDevRows(vendors: ReadonlySet<string>): readonly TableRow[] {
  const providers = z.record(z.string(), z.unknown()).parse(readTableJson("modelsdev_compiled_2026-07-02.json.gz"));
  return [...vendors].flatMap((vendor) => {
    const provider = z.object({ models }).parse(providers[providerNames[vendor] ?? vendor]);
    return Object.entries(provider.models).flatMap(([model, row]) => {
      if (!row.cost) return [];
      const priced = [{ ...row.cost, tier: { size: 0 } }, ...(row.cost.tiers ?? [])];
      return priced.map((one) => ({
        table: "models.dev",
        vendor,
        model,
        at: "2026-07-02T12:00:00Z",
        aboveInputTokens: one.tier.size,
        usd: pricesOf({
          input: one.input,
          output: one.output,
          cacheRead: one.cache_read ?? one.cached_input,
          ...shortWrite(vendor, one.cache_write),
          reasoning: one.reasoning,
          audioInput: one.input_audio,
          audioOutput: one.output_audio,
        }),
      }));
    });
  });
}
