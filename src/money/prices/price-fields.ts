import * as z from "zod";
import { tokenClasses, type TokenClass } from "../../spec/usage.ts";
import { percentToBasisPoints, usdPerMillionToPico, usdToPico } from "../decimal.ts";

// The smallest parts of a price document, each checked as exactly as it is computed with later.

/** A UTC day, `2026-12-01`. */
export const daySchema: z.ZodType<string> = z.iso.date();

/** A vendor, model, tier, tool or region as its vendor writes it. */
export const nameSchema: z.ZodType<string> = z.string().min(1).max(200);

/** An amount in USD: a fee, a commitment, an hour. */
export const usdSchema: z.ZodType<string> = z
  .string()
  .refine((text) => usdToPico(text) !== null, "must be a plain decimal of USD, at most 12 digits after the point");

const perMillionSchema = z
  .string()
  .refine(
    (text) => usdPerMillionToPico(text) !== null,
    "must be a plain decimal of USD per million tokens, at most 6 digits after the point",
  );

/** Prices by token class. */
export const classPricesSchema: z.ZodType<Readonly<Partial<Record<TokenClass, string>>>> = z.partialRecord(
  z.enum(tokenClasses),
  perMillionSchema,
);

/** Percent from 0 to 10,000, two digits after the point at most. */
export const percentSchema: z.ZodType<number> = z
  .number()
  .refine(
    (percent) => percentToBasisPoints(percent) !== null,
    "must be a percentage from 0 to 10000, at most 2 digits after the point",
  );

/** Dearer tables for long inputs. */
export const contextTiersSchema: z.ZodType<
  readonly { readonly aboveInputTokens: number; readonly usdPerMillion: z.output<typeof classPricesSchema> }[]
> = z.array(z.strictObject({ aboveInputTokens: z.int().positive(), usdPerMillion: classPricesSchema })).max(8);
