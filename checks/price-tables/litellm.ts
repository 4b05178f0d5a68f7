import * as z from "zod";
import { perMillion, pricesOf, readTableJson, shortWrite, type TablePrices, type TableRow } from "./table-row.ts";

/** Vendors as the map writes them. Vertex rows stand for Google where it has no others. */
const vendorNames: Readonly<Record<string, string>> = {
  openai: "openai",
  "text-completion-openai": "openai",
  anthropic: "anthropic",
  gemini: "google",
  "vertex_ai-language-models": "google",
  "vertex_ai-embedding-models": "google",
  xai: "xai",
  deepseek: "deepseek",
};
const modes: readonly string[] = [
  "chat",
  "responses",
  "completion",
  "embedding",
  "audio_transcription",
  "image_generation",
];
const thresholds: readonly number[] = [0, 128_000, 200_000, 272_000];
const serviceTiers: Readonly<Record<string, string>> = { _batches: "batch", _flex: "flex", _priority: "priority" };
const at = "2026-07-24T12:00:00Z";

type MapRow = Readonly<Record<string, unknown>>;

/** LiteLLM's map (BerriAI/litellm, model_prices_and_context_window.json), a filtered copy: USD per token. */
export function litellmRows(): readonly TableRow[] {
  const schema = z.record(z.string(), z.record(z.string(), z.unknown()));
  return Object.entries(schema.parse(readTableJson("litellm_model_prices_filtered_2026-07-24.json.gz"))).flatMap(
    ([model, row]) => {
      const vendor = vendorNames[String(row["litellm_provider"])];
      if (vendor === undefined || !modes.includes(String(row["mode"]))) return [];
      const base: TableRow = { table: "litellm", vendor, model, at, aboveInputTokens: 0, usd: {} };
      return [...plainRows(base, row), ...serviceTierRows(base, row), ...multipliedRows(base, row)];
    },
  );
}

function plainRows(base: TableRow, row: MapRow): readonly TableRow[] {
  return thresholds.flatMap((aboveInputTokens) => {
    const suffix = aboveInputTokens === 0 ? "" : `_above_${aboveInputTokens / 1000}k_tokens`;
    const usd = pricesWith(base.vendor, row, suffix);
    return Object.keys(usd).length === 0 ? [] : [{ ...base, aboveInputTokens, usd }];
  });
}

function serviceTierRows(base: TableRow, row: MapRow): readonly TableRow[] {
  return thresholds.flatMap((aboveInputTokens) => {
    const above = aboveInputTokens === 0 ? "" : `_above_${aboveInputTokens / 1000}k_tokens`;
    return Object.entries(serviceTiers).flatMap(([suffix, serviceTier]) => {
      const usd = pricesWith(base.vendor, row, above + suffix);
      return Object.keys(usd).length === 0 ? [] : [{ ...base, aboveInputTokens, serviceTier, usd }];
    });
  });
}

/** Fast modes and regions are multiples of the default prices in this table. */
function multipliedRows(base: TableRow, row: MapRow): readonly TableRow[] {
  const own = z.object({ fast: z.number().optional(), us: z.number().optional() });
  const entry = own.safeParse(row["provider_specific_entry"]).data ?? {};
  const multiple = (name: string): number | undefined => z.number().safeParse(row[name]).data;
  const plain = pricesWith(base.vendor, row, "");
  const times = (factor: number | undefined, where: Partial<TableRow>): readonly TableRow[] =>
    factor === undefined ? [] : [{ ...base, ...where, usd: multiplied(plain, factor) }];
  return [
    ...times(entry.fast, { serviceTier: "fast" }),
    ...times(entry.us ?? multiple("regional_processing_uplift_multiplier_us"), { region: "us" }),
    ...times(multiple("regional_processing_uplift_multiplier_eu"), { region: "eu" }),
  ];
}

function multiplied(usd: TablePrices, factor: number): TablePrices {
  return Object.fromEntries(Object.entries(usd).map(([name, price]) => [name, Number((price * factor).toFixed(6))]));
}

function pricesWith(vendor: string, row: MapRow, suffix: string): TablePrices {
  const usd = (field: string): number | undefined => perMillion(z.number().safeParse(row[field + suffix]).data);
  return pricesOf({
    input: usd("input_cost_per_token"),
    output: usd("output_cost_per_token"),
    cacheRead: usd("cache_read_input_token_cost"),
    ...shortWrite(vendor, usd("cache_creation_input_token_cost")),
    cacheWrite1h: vendor === "anthropic" ? usd("cache_creation_input_token_cost_above_1hr") : undefined,
    reasoning: usd("output_cost_per_reasoning_token"),
    audioInput: usd("input_cost_per_audio_token"),
    imageInput: usd("input_cost_per_image_token"),
    audioOutput: usd("output_cost_per_audio_token"),
  });
}
