import type { Usage } from "../../spec/usage.ts";
import type { PriceTier, TableRule } from "../prices/compile-tables.ts";
import { holdsAt, type CapacityTerm, type DiscountTerm } from "../prices/compile-terms.ts";
import type { DatedPrices } from "../prices/compiled-prices.ts";
import { defaultRegions, defaultServiceTiers } from "../prices/default-names.ts";
import type { FoundModel } from "../prices/find-model.ts";
import { tierOf } from "../prices/price-at.ts";
import { windowAt, type HourWindow } from "../prices/price-hours.ts";

/** How well the price of a service tier is known; of an unknown one the default price stands in. */
export type Knowledge = "exact" | "rough" | "unknown";

/** Everything that decides what one call's lines cost. */
export interface Circumstances {
  readonly prices: DatedPrices;
  /** The table whose prices are multiplied. */
  readonly table: PriceTier;
  /** The tier that served it, where it was not the default one. */
  readonly serviceTier: { readonly name: string; readonly rule: TableRule | null; readonly known: Knowledge } | null;
  readonly window: HourWindow | null;
  /** Where it was served, if that was said; null basis points: not known. */
  readonly region: { readonly name: string; readonly basisPoints: bigint | null } | null;
  /** Those that hold at the moment of the call. */
  readonly discounts: readonly DiscountTerm[];
  /** The capacity that has already paid for the tokens. */
  readonly capacity: CapacityTerm | null;
}

/**
 * What holds for a usage at a moment under the prices in force. The service tier is the one that served the call, never
 * the one that was asked for. Null when there is no table.
 */
export function circumstancesOf(
  model: FoundModel,
  prices: DatedPrices,
  usage: Usage,
  atMs: number,
): Circumstances | null {
  const serviceTier = serviceTierOf(model, prices, usage.serviceTier);
  const window = prices.rules === null ? null : windowAt(prices.rules.hours, atMs);
  const tiers = serviceTier?.rule?.tiers ?? window?.rule.tiers ?? prices.tiers;
  const table = tierOf({ tiers }, usage);
  if (table === null) return null;
  return {
    prices,
    table,
    serviceTier,
    window,
    region: regionOf(model, prices, usage.region),
    discounts: model.terms === null ? [] : model.terms.discounts.filter((term) => holdsAt(term, atMs)),
    capacity: model.terms?.capacity.find((term) => holdsAt(term, atMs)) ?? null,
  };
}

/** Whether a call is priced by its table alone: no rule of the entry concerns it. */
export function isPlain({ terms }: FoundModel, { rules }: DatedPrices, usage: Usage): boolean {
  return (
    terms === null &&
    usage.units === undefined &&
    usage.region === undefined &&
    (rules === null || (!rules.concernsAll && (usage.serverToolCalls === undefined || rules.serverTools.size === 0))) &&
    (usage.serviceTier === undefined || defaultServiceTiers.has(usage.serviceTier))
  );
}

/** Whether all that decides the price is known exactly. */
export function isExact({ prices, serviceTier, region }: Circumstances): boolean {
  const tierIsExact = serviceTier === null || serviceTier.known === "exact";
  return !prices.uncertain && tierIsExact && region?.basisPoints !== null;
}

function serviceTierOf(
  { vendor }: FoundModel,
  prices: DatedPrices,
  name: string | undefined,
): Circumstances["serviceTier"] {
  if (name === undefined || defaultServiceTiers.has(name)) return null;
  const exact = prices.rules?.serviceTiers.get(name) ?? vendor.serviceTiers.get(name);
  if (exact !== undefined) return { name, rule: exact, known: "exact" };
  const rough = vendor.roughServiceTiers.get(name);
  return rough === undefined ? { name, rule: null, known: "unknown" } : { name, rule: rough, known: "rough" };
}

function regionOf({ vendor }: FoundModel, prices: DatedPrices, name: string | undefined): Circumstances["region"] {
  if (name === undefined || defaultRegions.has(name)) return null;
  return { name, basisPoints: prices.rules?.regions.get(name) ?? vendor.regions.get(name) ?? null };
}
