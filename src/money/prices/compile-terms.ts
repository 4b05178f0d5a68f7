import { matchesWildcard } from "../../kit/wildcard.ts";
import { toBasisPoints } from "./compile-tables.ts";
import type { ContractSpan, Discount, ProvisionedCapacity } from "./contract-data.ts";
import { dayStartMs } from "../day-start.ts";
import { basisPointsInAll } from "../decimal.ts";
import type { VendorPrices } from "./price-data.ts";

/** A clause that holds for some models and a span of time. */
interface Term {
  /** Models by name, `*` for any run of characters. */
  readonly models: string;
  /** Milliseconds since the epoch, inclusive. */
  readonly fromMs: number;
  /** Milliseconds since the epoch, exclusive; Infinity without an end. */
  readonly toMs: number;
}

/** A discount ready for use. */
export interface DiscountTerm extends Term {
  /** Basis points that are left to pay. */
  readonly leftBasisPoints: bigint;
  readonly written: Discount;
}

/** Provisioned capacity as the price of a call sees it: its tokens cost nothing more. */
export interface CapacityTerm extends Term {
  readonly written: ProvisionedCapacity;
}

/** What is agreed with a vendor about the price of calls. */
export interface VendorTerms {
  readonly discounts: readonly DiscountTerm[];
  readonly capacity: readonly CapacityTerm[];
}

/** The clauses of a price document that change what a call costs. */
export function compileTerms(data: Pick<VendorPrices, "discounts" | "contracts">): VendorTerms {
  return {
    discounts: (data.discounts ?? []).map((written) => ({
      ...spanOf(written),
      leftBasisPoints: basisPointsInAll - toBasisPoints(written.percentOff),
      written,
    })),
    capacity: (data.contracts?.provisioned ?? []).map((written) => ({ ...spanOf(written), written })),
  };
}

/** The clauses for a model under any of its names; null when there are none, as for nearly every model. */
export function termsOf(terms: VendorTerms, names: readonly string[]): VendorTerms | null {
  const covers = ({ models }: Term): boolean => names.some((name) => matchesWildcard(models, name));
  const discounts = terms.discounts.filter(covers);
  const capacity = terms.capacity.filter(covers);
  return discounts.length + capacity.length === 0 ? null : { discounts, capacity };
}

/** Whether a clause holds at a moment, milliseconds since the epoch. */
export function holdsAt(term: Pick<Term, "fromMs" | "toMs">, atMs: number): boolean {
  return atMs >= term.fromMs && atMs < term.toMs;
}

function spanOf(clause: ContractSpan & { readonly models: string }): Term {
  return {
    models: clause.models,
    fromMs: dayStartMs(clause.from),
    toMs: clause.to === undefined ? Infinity : dayStartMs(clause.to),
  };
}
