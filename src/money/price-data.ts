import * as z from "zod";
import { FarthingError } from "../kit/farthing-error.ts";
import { tokenClasses, type TokenClass } from "../spec/usage.ts";
import { usdPerMillionToPico, usdToPico } from "./decimal.ts";

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
  /** Rough price of other service tiers in percent of the default one; what is priced so is `estimated`. */
  readonly serviceTierPercent?: Readonly<Record<string, number>> | undefined;
  /** USD a call of a tool that the vendor runs, by the vendor's name for it in its usage block. */
  readonly serverTools?: Readonly<Record<string, string>> | undefined;
  readonly models: readonly ModelPrices[];
}

const day = z.iso.date();
const name = z.string().min(1).max(200);
const perMillion = z
  .string()
  .refine(
    (text) => usdPerMillionToPico(text) !== null,
    "must be a plain decimal of USD per million tokens, at most 6 digits after the point",
  );
const perCall = z
  .string()
  .refine((text) => usdToPico(text) !== null, "must be a plain decimal of USD, at most 12 digits after the point");
const classPrices = z.partialRecord(z.enum(tokenClasses), perMillion);

const entrySchema = z.strictObject({
  from: day.nullable(),
  to: day.optional(),
  caching: z.enum(["none", "free-writes", "billed-writes"]),
  usdPerMillion: classPrices,
  contextTiers: z
    .array(z.strictObject({ aboveInputTokens: z.int().positive(), usdPerMillion: classPrices }))
    .max(8)
    .optional(),
  confidence: z.enum(["high", "medium", "low"]),
  source: z.string().min(1),
  checked: day,
  note: z.string().min(1).optional(),
});

const vendorSchema = z.strictObject({
  vendor: name,
  billedAs: z.partialRecord(z.enum(tokenClasses), z.enum(tokenClasses)).optional(),
  serviceTierPercent: z.record(name, z.int().positive()).optional(),
  serverTools: z.record(name, perCall).optional(),
  models: z
    .array(
      z.strictObject({
        id: name,
        aliases: z.array(name).max(100).optional(),
        prices: z.array(entrySchema).min(1).max(100),
      }),
    )
    .max(10_000),
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
