import * as z from "zod";
import { daySchema, nameSchema, percentSchema, usdSchema } from "./price-fields.ts";

/** Days (UTC) a clause holds: from the first on, up to and without the other; absent: no end. */
export interface ContractSpan {
  readonly from: string;
  readonly to?: string | undefined;
}

/** So many percent off everything that a call costs, fees and tools included. Several that hold at once multiply. */
export interface Discount extends ContractSpan {
  /** Models by name, `*` for any run of characters. */
  readonly models: string;
  /** Percent, 0 to 100. */
  readonly percentOff: number;
  /** The paper it stands in. */
  readonly source: string;
}

/** Money already granted: it pays for usage and provisioned hours of the days it holds, and not for a shortfall. */
export interface Credit extends ContractSpan {
  readonly id: string;
  /** USD. */
  readonly usd: string;
  readonly source: string;
}

/** Spend promised for each calendar month (UTC): what stays below it is paid all the same. Holds for whole months. */
export interface Commitment extends ContractSpan {
  readonly id: string;
  /** USD a month. */
  readonly usdPerMonth: string;
  readonly source: string;
}

/** Capacity paid by the hour, used or not: the tokens of its models cost nothing more. */
export interface ProvisionedCapacity extends ContractSpan {
  readonly id: string;
  /** Models by name, `*` for any run of characters. */
  readonly models: string;
  /** USD an hour for all of it. */
  readonly usdPerHour: string;
  readonly source: string;
}

/** What is agreed with a vendor beyond the price of a call. */
export interface ContractTerms {
  readonly credits?: readonly Credit[] | undefined;
  readonly commitments?: readonly Commitment[] | undefined;
  readonly provisioned?: readonly ProvisionedCapacity[] | undefined;
}

const span = { from: daySchema, to: daySchema.optional() };
const source = z.string().min(1);
const clausesMax = 100;
const inOrder = (clause: ContractSpan): boolean => clause.to === undefined || clause.to > clause.from;
const outOfOrder = "its dates are out of order";

/** Discounts of a price document. */
export const discountsSchema: z.ZodType<readonly Discount[]> = z
  .array(
    z
      .strictObject({ models: nameSchema, percentOff: percentSchema, ...span, source })
      .refine(inOrder, outOfOrder)
      .refine(({ percentOff }) => percentOff <= 100, "percentOff is more than everything"),
  )
  .max(clausesMax);

/** The contract part of a price document. */
export const contractTermsSchema: z.ZodType<ContractTerms> = z.strictObject({
  credits: z
    .array(z.strictObject({ id: nameSchema, usd: usdSchema, ...span, source }).refine(inOrder, outOfOrder))
    .max(clausesMax)
    .optional(),
  commitments: z
    .array(
      z
        .strictObject({ id: nameSchema, usdPerMonth: usdSchema, ...span, source })
        .refine(inOrder, outOfOrder)
        .refine(
          ({ from, to }) => from.endsWith("-01") && (to === undefined || to.endsWith("-01")),
          "a commitment begins and ends with a month",
        ),
    )
    .max(clausesMax)
    .optional(),
  provisioned: z
    .array(
      z
        .strictObject({ id: nameSchema, models: nameSchema, usdPerHour: usdSchema, ...span, source })
        .refine(inOrder, outOfOrder),
    )
    .max(clausesMax)
    .optional(),
});
