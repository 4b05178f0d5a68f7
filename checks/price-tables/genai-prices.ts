import * as z from "zod";
import { pricesOf, readTableJson, shortWrite, type TableRow } from "./table-row.ts";

const tiered = z.union([
  z.number(),
  z.object({ base: z.number(), tiers: z.array(z.object({ start: z.number(), price: z.number() })) }),
]);
const prices = z.looseObject({
  input_mtok: tiered.optional(),
  output_mtok: tiered.optional(),
  cache_read_mtok: tiered.optional(),
  cache_write_mtok: tiered.optional(),
  cache_write_1h_mtok: tiered.optional(),
  output_reasoning_mtok: tiered.optional(),
  input_audio_mtok: tiered.optional(),
  output_audio_mtok: tiered.optional(),
  input_image_mtok: tiered.optional(),
});
const constraint = z.object({ start_date: z.string().optional(), start_time: z.string().optional() });
const entries = z.union([z.array(z.object({ constraint: constraint.optional(), prices })), prices]);
const model = z.object({ id: z.string(), match: z.unknown(), prices: entries });
const providers = z.array(z.object({ id: z.string(), models: z.array(model) }));

/** Vendors that the table calls otherwise than we do. */
const vendorNames: Readonly<Record<string, string>> = { "x-ai": "xai", azure: "azure-openai" };

/** pydantic/genai-prices: USD per million, dated, with tiers and hours. A model is read under every name it matches exactly. */
export function genaiPricesRows(vendors: ReadonlySet<string>): readonly TableRow[] {
  return providers.parse(readTableJson("genai_prices_v2_2026-08-21.json.gz")).flatMap(({ id, models }) => {
    const vendor = vendorNames[id] ?? id;
    if (!vendors.has(vendor)) return [];
    return models.flatMap((one) => namesOf(one).flatMap((name) => rowsOf(vendor, name, one)));
  });
}

/** Names of the `equals` clauses; the table's own id where there are none, only patterns. */
function namesOf({ id, match }: z.infer<typeof model>): readonly string[] {
  const clause = z.object({ equals: z.string() });
  const either = z.object({ or: z.array(z.unknown()) });
  const clauses = either.safeParse(match).data?.or ?? [match];
  const names = clauses.flatMap((one) => clause.safeParse(one).data?.equals ?? []);
  return names.length === 0 ? [id] : [...new Set(names)];
}

function rowsOf(vendor: string, name: string, one: z.infer<typeof model>): readonly TableRow[] {
  const list = Array.isArray(one.prices) ? one.prices : [{ constraint: undefined, prices: one.prices }];
  return list.flatMap((entry, index) => {
    const at = instantOf(entry.constraint, index, list.length);
    return startsOf(entry.prices).map((start) => {
      const price = (of: z.infer<typeof tiered> | undefined): number | undefined => priceFrom(of, start);
      return {
        table: "genai-prices",
        vendor,
        model: name,
        at,
        aboveInputTokens: start,
        usd: pricesOf({
          input: price(entry.prices.input_mtok),
          output: price(entry.prices.output_mtok),
          cacheRead: price(entry.prices.cache_read_mtok),
          ...shortWrite(vendor, price(entry.prices.cache_write_mtok)),
          cacheWrite1h: price(entry.prices.cache_write_1h_mtok),
          reasoning: price(entry.prices.output_reasoning_mtok),
          audioInput: price(entry.prices.input_audio_mtok),
          audioOutput: price(entry.prices.output_audio_mtok),
          imageInput: price(entry.prices.input_image_mtok),
        }),
      };
    });
  });
}

/** The first of several dated entries holds from the beginning; one with hours is read at noon, the others in the evening. */
function instantOf(when: z.infer<typeof constraint> | undefined, index: number, count: number): string {
  const hours = when?.start_time === undefined ? "20:00:00Z" : "12:00:00Z";
  if (when?.start_date !== undefined) return `${when.start_date}T12:00:00Z`;
  return index === 0 && count > 1 ? `2026-01-01T${hours}` : `2026-08-21T${hours}`;
}

function startsOf(all: z.infer<typeof prices>): readonly number[] {
  const found = Object.values(all).flatMap((price) => tiered.safeParse(price).data ?? []);
  return [0, ...new Set(found.flatMap((price) => (typeof price === "number" ? [] : price.tiers.map((t) => t.start))))];
}

/** Base and tier of a figure: tiers of one model share their threshold in this table. */
function priceFrom(price: z.infer<typeof tiered> | undefined, start: number): number | undefined {
  if (price === undefined || typeof price === "number") return price;
  return start === 0 ? price.base : price.tiers.find((tier) => tier.start === start)?.price;
}
