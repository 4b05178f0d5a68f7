import { existsSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { TokenClass } from "../spec/usage.ts";
import { bundledPriceFiles } from "./bundled-price-book.ts";
import { compileVendor } from "./compile-prices.ts";
import explained from "./data/disagreements.json" with { type: "json" };
import { findModel } from "./find-model.ts";
import { priceAt } from "./price-at.ts";
import { readVendorPrices } from "./price-data.ts";

// Public price tables, beside the repository where somebody keeps a copy. They are compared with, never read from: every
// difference must stand in data/disagreements.json with its reason, and every line there must still be one.
const tables = new URL("../../../shared/data/prices/", import.meta.url);
const present = existsSync(tables);

/** A table's word on one model: USD per million tokens, as printed. */
interface TableRow {
  readonly table: string;
  readonly vendor: string;
  readonly model: string;
  /** Day the table was made, or the day its row speaks of. */
  readonly day: string;
  readonly usd: Readonly<Partial<Record<TokenClass, number>>>;
  /** Threshold of the tier that `usd` is for; 0: the base. */
  readonly aboveInputTokens: number;
}

const vendors = new Map(
  bundledPriceFiles.map((file) => readVendorPrices(file)).map((data) => [data.vendor, compileVendor(data)]),
);
/** Not text: priced by other units, or not reachable through a chat or message call. */
const notText = /embed|moderation|image|tts|transcribe|realtime|whisper|live|native-audio/;

function readTable(name: string): unknown {
  const bytes = readFileSync(new URL(name, tables));
  const parsed: unknown = JSON.parse((name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8"));
  return parsed;
}

/** USD per million from USD per token, without the noise of floats. */
function perMillion(usdPerToken: number | undefined): number | undefined {
  return usdPerToken === undefined ? undefined : Number((usdPerToken * 1e6).toFixed(6));
}

function usdOf(classes: Readonly<Partial<Record<TokenClass, number | undefined>>>): TableRow["usd"] {
  return Object.fromEntries(Object.entries(classes).filter(([, usd]) => usd !== undefined));
}

/** Anthropic's table and OpenAI's name one write price; its lifetime is the vendor's shortest. */
function shortWrite(vendor: string, usd: number | undefined): Partial<Record<TokenClass, number | undefined>> {
  return vendor === "anthropic" ? { cacheWrite5m: usd } : vendor === "openai" ? { cacheWrite30m: usd } : {};
}

/** Vendors as the map writes them. Vertex rows stand for Google where it has no others. */
const litellmVendors: Readonly<Record<string, string>> = {
  openai: "openai",
  "text-completion-openai": "openai",
  anthropic: "anthropic",
  gemini: "google",
  "vertex_ai-language-models": "google",
};

function litellmRows(): readonly TableRow[] {
  const schema = z.record(z.string(), z.record(z.string(), z.unknown()));
  return Object.entries(schema.parse(readTable("litellm_model_prices_filtered_2026-07-24.json.gz"))).flatMap(
    ([model, row]) => {
      const vendor = litellmVendors[String(row["litellm_provider"])];
      if (vendor === undefined || !["chat", "responses", "completion"].includes(String(row["mode"]))) return [];
      const thresholds = [0, 128_000, 200_000, 272_000].filter(
        (above) => above === 0 || row[`input_cost_per_token${suffixOf(above)}`],
      );
      return thresholds.map((aboveInputTokens) => {
        const usd = (field: string): number | undefined => {
          const perToken = z.number().safeParse(row[field + suffixOf(aboveInputTokens)]).data;
          return perMillion(perToken);
        };
        return {
          table: "litellm",
          vendor,
          model,
          day: "2026-07-24",
          aboveInputTokens,
          usd: usdOf({
            input: usd("input_cost_per_token"),
            output: usd("output_cost_per_token"),
            cacheRead: usd("cache_read_input_token_cost"),
            ...shortWrite(vendor, usd("cache_creation_input_token_cost")),
            cacheWrite1h: vendor === "anthropic" ? usd("cache_creation_input_token_cost_above_1hr") : undefined,
            audioInput: usd("input_cost_per_audio_token"),
            audioOutput: usd("output_cost_per_audio_token"),
          }),
        };
      });
    },
  );
}

function suffixOf(aboveInputTokens: number): string {
  return aboveInputTokens === 0 ? "" : `_above_${aboveInputTokens / 1000}k_tokens`;
}

const tieredPrice = z.union([
  z.number(),
  z.object({ base: z.number(), tiers: z.array(z.object({ start: z.number(), price: z.number() })) }),
]);
const genaiPrices = z.looseObject({
  input_mtok: tieredPrice.optional(),
  output_mtok: tieredPrice.optional(),
  cache_read_mtok: tieredPrice.optional(),
  cache_write_mtok: tieredPrice.optional(),
  cache_write_1h_mtok: tieredPrice.optional(),
});

/** Base and tier of a genai-prices figure: tiers of one model share their threshold in this table. */
function genaiTier(price: z.infer<typeof tieredPrice> | undefined, start: number): number | undefined {
  if (price === undefined || typeof price === "number") return price;
  return start === 0 ? price.base : price.tiers.find((tier) => tier.start === start)?.price;
}

function genaiRows(): readonly TableRow[] {
  const dated = z.array(
    z.object({ constraint: z.object({ start_date: z.string().optional() }).optional(), prices: genaiPrices }),
  );
  const schema = z.array(
    z.object({ id: z.string(), models: z.array(z.object({ id: z.string(), prices: z.union([dated, genaiPrices]) })) }),
  );
  const providers = schema.parse(readTable("genai_prices_v2_2026-08-21.json.gz")).filter(({ id }) => vendors.has(id));
  return providers.flatMap(({ id: vendor, models }) =>
    models.flatMap((model) => {
      const entries = Array.isArray(model.prices) ? model.prices : [{ constraint: undefined, prices: model.prices }];
      return entries.flatMap(({ constraint, prices }, index) => {
        const first = entries.length > 1 ? "2026-01-01" : "2026-08-21";
        const day = index === 0 ? first : (constraint?.start_date ?? "2026-08-21");
        const starts = Object.values(prices).flatMap((price) => tieredPrice.safeParse(price).data ?? []);
        const thresholds = new Set(
          starts.flatMap((price) => (typeof price === "number" ? [] : price.tiers.map(({ start }) => start))),
        );
        return [0, ...thresholds].map((start) => ({
          table: "genai-prices",
          vendor,
          model: model.id,
          day,
          aboveInputTokens: start,
          usd: usdOf({
            input: genaiTier(prices.input_mtok, start),
            output: genaiTier(prices.output_mtok, start),
            cacheRead: genaiTier(prices.cache_read_mtok, start),
            ...shortWrite(vendor, genaiTier(prices.cache_write_mtok, start)),
            cacheWrite1h: genaiTier(prices.cache_write_1h_mtok, start),
          }),
        }));
      });
    }),
  );
}

function langfuseRows(): readonly TableRow[] {
  const tier = z.object({ isDefault: z.boolean(), prices: z.record(z.string(), z.number()) });
  const schema = z.array(z.object({ modelName: z.string(), pricingTiers: z.array(tier) }));
  return schema
    .parse(readTable("langfuse_default_model_prices_2026-08-22.json.gz"))
    .flatMap(({ modelName, pricingTiers }) => {
      const vendor = modelName.startsWith("claude")
        ? "anthropic"
        : modelName.startsWith("gemini")
          ? "google"
          : "openai";
      const prices = pricingTiers.find(({ isDefault }) => isDefault)?.prices ?? {};
      // PaLM names have no vendor prefix of their own and are long gone.
      if (/bison|gecko|unicorn/.test(modelName)) return [];
      const usd = usdOf({
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
      return [{ table: "langfuse", vendor, model, day: "2026-08-22", usd, aboveInputTokens: 0 }];
    });
}

function modelsDevRows(): readonly TableRow[] {
  const cost = z.object({
    input: z.number(),
    output: z.number(),
    cache_read: z.number().optional(),
    cache_write: z.number().optional(),
    input_audio: z.number().optional(),
  });
  const tiered = cost.extend({ tiers: z.array(cost.extend({ tier: z.object({ size: z.number() }) })).optional() });
  const models = z.record(z.string(), z.looseObject({ cost: tiered.nullish() }));
  const provider = z.union([z.object({ models }), models]);
  const parsed = z.record(z.string(), z.unknown()).parse(readTable("modelsdev_compiled_2026-07-02.json.gz"));
  return [...vendors.keys()].flatMap((vendor) => {
    const own = provider.parse(parsed[vendor]);
    const list = models.parse("models" in own ? own.models : own);
    return Object.entries(list).flatMap(([model, row]) => {
      if (!row.cost) return [];
      const priced = [{ ...row.cost, tier: { size: 0 } }, ...(row.cost.tiers ?? [])];
      return priced.map((one) => ({
        table: "models.dev",
        vendor,
        model,
        day: "2026-07-02",
        aboveInputTokens: one.tier.size,
        usd: usdOf({
          input: one.input,
          output: one.output,
          cacheRead: one.cache_read,
          ...shortWrite(vendor, one.cache_write),
          audioInput: one.input_audio,
        }),
      }));
    });
  });
}

function numberOf(text: string | undefined): number | undefined {
  return text ? Number(text) : undefined;
}

/** Rows gathered by hand in November 2026: day of their change where the row is about one, else the day of the check. */
function observedRows(): readonly TableRow[] {
  const lines = readFileSync(new URL("observed_2026-11.csv", tables), "utf8").trim().split("\n").slice(1);
  return lines.flatMap((line) => {
    const [vendor = "", name = "", input, read, short, long, output, condition = ""] = line.split(",");
    if (!vendors.has(vendor)) return [];
    return [
      {
        table: "observed",
        vendor,
        model: vendor === "anthropic" ? name.replace(".", "-") : name,
        day: /^from (\d{4}-\d\d-\d\d)$/.exec(condition)?.[1] ?? "2026-11-21",
        aboveInputTokens: Number(/>(\d+)k tokens/.exec(condition)?.[1] ?? 0) * 1000,
        usd: usdOf({
          input: numberOf(input),
          output: numberOf(output),
          cacheRead: numberOf(read),
          ...shortWrite(vendor, numberOf(short)),
          ...(vendor === "anthropic" ? { cacheWrite1h: numberOf(long) } : { cacheWriteLonger: numberOf(long) }),
        }),
      },
    ];
  });
}

/** `table vendor model: what differs`, one text a difference. */
function disagreementsOf(row: TableRow): readonly string[] {
  const where = `${row.table} ${row.vendor} ${row.model}`;
  if (notText.test(row.model)) return [];
  const vendor = vendors.get(row.vendor);
  const found = vendor === undefined ? null : findModel(vendor, row.model);
  // Google's file holds only what somebody asked for; of the others every text model must be there.
  if (found === null) return row.vendor === "google" ? [] : [`${where}: missing`];
  const prices = priceAt(found.dated, Date.parse(`${row.day}T12:00:00Z`));
  const tier = prices?.tiers.find(({ aboveInputTokens }) => aboveInputTokens === row.aboveInputTokens);
  if (tier === undefined) return [`${where}: no tier above ${row.aboveInputTokens} on ${row.day}`];
  const ours: Readonly<Partial<Record<string, bigint>>> = tier.picoUsdPerToken;
  const suffix = row.aboveInputTokens === 0 ? "" : ` above ${row.aboveInputTokens}`;
  return Object.entries(row.usd).flatMap(([name, usd]) => {
    const own = ours[name];
    const same = own !== undefined && own === BigInt(Math.round(usd * 1e6));
    return same ? [] : [`${where}: ${name}${suffix} is ${usd} there`];
  });
}

describe.skipIf(!present)("the public price tables", () => {
  const readers = { litellmRows, genaiRows, langfuseRows, modelsDevRows, observedRows };

  test.each(Object.entries(readers))("%s are read at all", (_, read) => {
    expect(read().length).toBeGreaterThan(20);
  });

  test("every disagreement with them is explained, and every explanation still has its disagreement", () => {
    const found = Object.values(readers).flatMap((read) => read().flatMap(disagreementsOf));
    const reasons = explained.flatMap(({ reason, disagreements }) => (reason.length > 10 ? disagreements : []));
    expect([...new Set(found)].toSorted()).toEqual(reasons.toSorted());
  });
});
