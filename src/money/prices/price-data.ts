// Long because a price document is described in one place: its types with their units, and the check of each beside them.
import * as z from "zod";
import { FarthingError } from "../../kit/farthing-error.ts";
import { billedUnits, tokenClasses, type BilledUnit, type TokenClass } from "../../spec/usage.ts";
import { contractTermsSchema, discountsSchema, type ContractTerms, type Discount } from "./contract-data.ts";
import {
  classPricesSchema,
  contextTiersSchema,
  daySchema,
  nameSchema,
  percentSchema,
  usdSchema,
} from "./price-fields.ts";

/** How sure we are of a price. `low`: third-party text only; what it prices is `estimated`. */
export type PriceConfidence = "high" | "medium" | "low";

/**
 * What a model's prompt caching does to classes without a price of their own. `none`: the model has no cache price, so
 * reads and writes are plain input. `free-writes`: writes are plain input, reads have a price. `billed-writes`: each
 * lifetime has a price, and one that is missing here makes the usage unpriced.
 */
export type CachingRule = "none" | "free-writes" | "billed-writes";

/** Prices by token class, plain decimals of USD per million tokens, at most six digits after the point. */
export type ClassPrices = Readonly<Partial<Record<TokenClass, string>>>;

/** A dearer table for the whole request once its input (all input classes together) is above the threshold. */
export interface ContextTier {
  readonly aboveInputTokens: number;
  readonly usdPerMillion: ClassPrices;
}

/** A table of its own: it replaces the entry's table, context tiers and all. */
export interface OwnTable {
  readonly usdPerMillion: ClassPrices;
  /** Ascending thresholds. */
  readonly contextTiers?: readonly ContextTier[] | undefined;
}

/** So many percent of the table that holds otherwise; `percentOf` gives the classes that are an exception. */
export interface TablePercent {
  readonly percent: number;
  readonly percentOf?: Readonly<Partial<Record<TokenClass, number>>> | undefined;
}

/** What the tokens of another service tier cost. */
export type ServiceTierPrices = TablePercent | OwnTable;

/** Names of days as windows of hours name them, Monday first. */
export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/**
 * Hours of the week (UTC) with other prices: percent of the table, or a table of its own. `to` at or before `from` ends
 * the next day; `24:00` is the end of the day. `days` name the day it begins; absent: every day.
 */
export type HourPrices = { readonly from: string; readonly to: string } & {
  readonly days?: readonly (typeof weekdays)[number][] | undefined;
} & (TablePercent | OwnTable);

/** What a region does to the price of the tokens, in percent of it. */
export interface RegionPrice {
  readonly percent: number;
}

/** Own machines: the price of a token follows from the price of an hour. */
export interface GpuPrice {
  /** USD an hour for one GPU. */
  readonly usdPerHour: string;
  readonly gpus: number;
  /** Tokens a second that all the GPUs together read, when busy with nothing else. */
  readonly inputTokensPerSecond: number;
  /** Tokens a second that all the GPUs together write, when busy with nothing else. */
  readonly outputTokensPerSecond: number;
  /** Part of the paid time that they work, above 0 up to 100. */
  readonly utilisationPercent: number;
}

/** The prices of one model for a span of time. */
export interface PriceEntry {
  /** First day (UTC) it holds, `2026-12-01`; null: from the beginning. */
  readonly from: string | null;
  /** First day it does not hold any more; absent: until the next entry. */
  readonly to?: string | undefined;
  readonly caching: CachingRule;
  readonly usdPerMillion: ClassPrices;
  /** Ascending thresholds. */
  readonly contextTiers?: readonly ContextTier[] | undefined;
  /** Other service tiers by the name the vendor reports; over the vendor's. */
  readonly serviceTiers?: Readonly<Record<string, ServiceTierPrices>> | undefined;
  readonly hours?: readonly HourPrices[] | undefined;
  /** Regions by the name that usage reports; over the vendor's. */
  readonly regions?: Readonly<Record<string, RegionPrice>> | undefined;
  /** USD a call, whatever is in it. */
  readonly perRequest?: string | undefined;
  /** USD for one of each unit that is not a token: a second, an image. */
  readonly units?: Readonly<Partial<Record<BilledUnit, string>>> | undefined;
  /** USD a call of a tool that the vendor runs; over the vendor's. */
  readonly serverTools?: Readonly<Record<string, string>> | undefined;
  /** Prices input and output, and what it prices is `estimated`. */
  readonly gpu?: GpuPrice | undefined;
  readonly confidence: PriceConfidence;
  /** Where the figures were read. */
  readonly source: string;
  /** Day they were checked. */
  readonly checked: string;
  /** Why these figures, where sources disagree. */
  readonly note?: string | undefined;
}

/** One model with every name it answers to. */
export interface ModelPrices {
  readonly id: string;
  readonly aliases?: readonly string[] | undefined;
  /** Ascending by `from`. */
  readonly prices: readonly PriceEntry[];
}

/** The price file of one vendor; an operator's own prices have the same shape. */
export interface VendorPrices {
  /** As in `Endpoint.vendor`. */
  readonly vendor: string;
  /** Classes that this vendor bills at another class's price wherever they have none of their own. */
  readonly billedAs?: Readonly<Partial<Record<TokenClass, TokenClass>>> | undefined;
  /** Service tiers whose price is known exactly, for all models that do not say otherwise. */
  readonly serviceTiers?: Readonly<Record<string, TablePercent>> | undefined;
  /** Rough price of other service tiers in percent of the default one; what is priced so is `estimated`. */
  readonly serviceTierPercent?: Readonly<Record<string, number>> | undefined;
  /** Regions with a price of their own, for all models that do not say otherwise. */
  readonly regions?: Readonly<Record<string, RegionPrice>> | undefined;
  /** USD a call of a tool that the vendor runs, by the vendor's name for it in its usage block. */
  readonly serverTools?: Readonly<Record<string, string>> | undefined;
  readonly models: readonly ModelPrices[];
  /** Percent off, by model and date. */
  readonly discounts?: readonly Discount[] | undefined;
  readonly contracts?: ContractTerms | undefined;
}

const tablePercentSchema = z.strictObject({
  percent: percentSchema,
  percentOf: z.partialRecord(z.enum(tokenClasses), percentSchema).optional(),
});
const ownTableSchema = z.strictObject({
  usdPerMillion: classPricesSchema,
  contextTiers: contextTiersSchema.optional(),
});
const regionsSchema = z.record(nameSchema, z.strictObject({ percent: percentSchema }));
const toolsSchema = z.record(nameSchema, usdSchema);

const windowShape = {
  from: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time of day like 01:30"),
  to: z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, "must be a time of day like 04:00, at most 24:00"),
  days: z.array(z.enum(weekdays)).min(1).max(7).optional(),
};
const hoursSchema = z
  .array(z.union([tablePercentSchema.extend(windowShape), ownTableSchema.extend(windowShape)]))
  .max(50);

const gpuSchema = z.strictObject({
  usdPerHour: usdSchema,
  gpus: z.int().min(1).max(100_000),
  inputTokensPerSecond: z.int().min(1).max(1_000_000_000),
  outputTokensPerSecond: z.int().min(1).max(1_000_000_000),
  utilisationPercent: percentSchema.refine((percent) => percent > 0 && percent <= 100, "must be above 0 up to 100"),
});

const entrySchema = z.strictObject({
  from: daySchema.nullable(),
  to: daySchema.optional(),
  caching: z.enum(["none", "free-writes", "billed-writes"]),
  usdPerMillion: classPricesSchema.default({}),
  contextTiers: contextTiersSchema.optional(),
  serviceTiers: z.record(nameSchema, z.union([tablePercentSchema, ownTableSchema])).optional(),
  hours: hoursSchema.optional(),
  regions: regionsSchema.optional(),
  perRequest: usdSchema.optional(),
  units: z.partialRecord(z.enum(billedUnits), usdSchema).optional(),
  serverTools: toolsSchema.optional(),
  gpu: gpuSchema.optional(),
  confidence: z.enum(["high", "medium", "low"]),
  source: z.string().min(1),
  checked: daySchema,
  note: z.string().min(1).optional(),
});

const vendorSchema = z.strictObject({
  vendor: nameSchema,
  billedAs: z.partialRecord(z.enum(tokenClasses), z.enum(tokenClasses)).optional(),
  serviceTiers: z.record(nameSchema, tablePercentSchema).optional(),
  serviceTierPercent: z.record(nameSchema, z.int().positive()).optional(),
  regions: regionsSchema.optional(),
  serverTools: toolsSchema.optional(),
  models: z
    .array(
      z.strictObject({
        id: nameSchema,
        aliases: z.array(nameSchema).max(100).optional(),
        prices: z.array(entrySchema).min(1).max(100),
      }),
    )
    .max(10_000)
    .default([]),
  discounts: discountsSchema.optional(),
  contracts: contractTermsSchema.optional(),
});

/**
 * Checks the shape of a vendor's price document.
 * @throws FarthingError `config_invalid` naming the field and what it should be.
 */
export function readVendorPrices(document: unknown): VendorPrices {
  const result = vendorSchema.safeParse(document);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  throw new FarthingError(
    "config_invalid",
    `Price data is wrong at ${field || "its top"}: ${issue?.message ?? "unreadable"}.`,
    {
      field,
    },
  );
}
