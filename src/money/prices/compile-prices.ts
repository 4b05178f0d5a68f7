import type { PicoUsd } from "../../spec/money.ts";
import { billedUnits, type BilledUnit } from "../../spec/usage.ts";
import { compilePercent, compileRule, compileTables, toBasisPoints } from "./compile-tables.ts";
import type { TablePlace, TableRule } from "./compile-tables.ts";
import { compileTerms } from "./compile-terms.ts";
import type { CompiledVendor, DatedPrices, EntryRules } from "./compiled-prices.ts";
import { dayStartMs } from "../day-start.ts";
import { usdToPico } from "../decimal.ts";
import { defaultRegions, defaultServiceTiers } from "./default-names.ts";
import { gpuTokenPrices } from "./gpu-price.ts";
import { once } from "../once.ts";
import type { PriceEntry, RegionPrice, VendorPrices } from "./price-data.ts";
import { compileHours } from "./price-hours.ts";
import { dearestTiers } from "./worst-case.ts";
import { wrongPrice } from "./wrong-price.ts";

/**
 * Turns a vendor's price data into its fast form.
 * @throws FarthingError `config_invalid`: a name that stands twice, entries or tiers out of order, tiers that price other
 * classes than the base, hours that overlap, tables that contend, an entry that prices nothing.
 */
export function compileVendor(data: VendorPrices): CompiledVendor {
  const models = new Map<string, readonly DatedPrices[]>();
  const ids = new Map<string, string>();
  const vendor = {
    serviceTiers: compileVendorTiers(data, data.serviceTiers ?? {}),
    roughServiceTiers: compileVendorTiers(data, roughTiers(data)),
    regions: compileRegions(data, "regions", data.regions),
    serverTools: compileTools(data.vendor, data.serverTools),
    terms: compileTerms(data),
  };
  for (const model of data.models) {
    const dated = model.prices.map((entry, index) =>
      compileEntry(data, vendor, `${model.id} from ${entry.from}`, entry, model.prices[index + 1]),
    );
    for (const name of [model.id, ...(model.aliases ?? [])]) {
      if (models.has(name)) throw wrongPrice(data.vendor, name, "the name stands twice");
      models.set(name, dated);
      ids.set(name, model.id);
    }
  }
  return { models, ids, ...vendor };
}

/** What the entries of a vendor share. */
type VendorRules = Pick<CompiledVendor, "serviceTiers" | "roughServiceTiers" | "regions">;

function compileEntry(
  data: VendorPrices,
  vendor: VendorRules,
  where: string,
  entry: PriceEntry,
  next: PriceEntry | undefined,
): DatedPrices {
  const { fromMs, toMs } = compileDates(data, where, entry, next);
  const reckoned = entry.gpu === undefined ? {} : gpuTokenPrices(entry.gpu);
  for (const name of ["input", "output"] as const) {
    if (entry.gpu !== undefined && entry.usdPerMillion[name] !== undefined)
      throw wrongPrice(data.vendor, where, `${name} has a price beside the one of its gpu`);
  }
  const place: TablePlace = { data, where, caching: entry.caching, reckoned };
  const tiers = compileTables(place, entry);
  const rules = compileRules(place, data, entry);
  const pricesNothing = Object.keys(tiers[0]?.picoUsdPerToken ?? {}).length === 0 && !pricesOther(entry);
  if (pricesNothing) throw wrongPrice(data.vendor, where, "it prices nothing");
  const uncertain = entry.confidence === "low" || entry.gpu !== undefined;
  return { fromMs, toMs, uncertain, tiers, rules, dearest: once(() => dearestTiers(tiers, rules, vendor)), entry };
}

function compileDates(
  data: VendorPrices,
  where: string,
  entry: PriceEntry,
  next: PriceEntry | undefined,
): Pick<DatedPrices, "fromMs" | "toMs"> {
  const fromMs = entry.from === null ? -Infinity : dayStartMs(entry.from);
  const nextMs = next === undefined ? Infinity : next.from === null ? -Infinity : dayStartMs(next.from);
  const toMs = entry.to === undefined ? nextMs : dayStartMs(entry.to);
  if (toMs <= fromMs || toMs > nextMs) throw wrongPrice(data.vendor, where, "its dates are out of order");
  return { fromMs, toMs };
}

/** Null for an entry that is a table and nothing else, which is priced without looking further. */
function compileRules(place: TablePlace, data: VendorPrices, entry: PriceEntry): EntryRules | null {
  const { serviceTiers, hours, regions, perRequest, units, serverTools } = entry;
  if ([serviceTiers, hours, regions, perRequest, units, serverTools].every((part) => part === undefined)) return null;
  const tiers = new Map<string, TableRule>();
  for (const [name, tier] of Object.entries(serviceTiers ?? {})) {
    refuseDefaultTier(data.vendor, name);
    tiers.set(name, compileRule(place, tier));
  }
  const windows = compileHours(place, hours ?? []);
  const ownTables = [[...tiers.values()], windows.map((window) => window.rule)];
  if (ownTables.every((rules) => rules.some((rule) => rule.tiers !== null)))
    throw wrongPrice(data.vendor, place.where, "hours and a service tier both have tables of their own: which holds?");
  const fee = perRequest === undefined ? 0n : picoOf(data.vendor, place.where, perRequest);
  return {
    serviceTiers: tiers,
    hours: windows,
    regions: compileRegions(data, place.where, regions),
    perRequest: fee,
    units: compileUnits(data.vendor, place.where, units ?? {}),
    serverTools: compileTools(data.vendor, serverTools),
    concernsAll: windows.length > 0 || fee > 0n,
  };
}

function pricesOther({ perRequest, units }: PriceEntry): boolean {
  return perRequest !== undefined || Object.keys(units ?? {}).length > 0;
}

function compileVendorTiers(
  data: VendorPrices,
  tiers: NonNullable<VendorPrices["serviceTiers"]>,
): ReadonlyMap<string, TableRule> {
  return new Map(
    Object.entries(tiers).map(([name, tier]) => {
      refuseDefaultTier(data.vendor, name);
      return [name, { tiers: null, basisPoints: compilePercent(tier) }];
    }),
  );
}

function roughTiers(data: VendorPrices): NonNullable<VendorPrices["serviceTiers"]> {
  return Object.fromEntries(
    Object.entries(data.serviceTierPercent ?? {}).map(([name, percent]) => [name, { percent }]),
  );
}

function refuseDefaultTier(vendor: string, name: string): void {
  if (defaultServiceTiers.has(name))
    throw wrongPrice(vendor, `service tier ${name}`, "the prices of a model are those of this tier already");
}

function compileRegions(
  data: VendorPrices,
  where: string,
  regions: Readonly<Record<string, RegionPrice>> | undefined,
): ReadonlyMap<string, bigint> {
  return new Map(
    Object.entries(regions ?? {}).map(([name, { percent }]) => {
      if (defaultRegions.has(name)) throw wrongPrice(data.vendor, where, `region ${name} is no region of its own`);
      return [name, toBasisPoints(percent)];
    }),
  );
}

function compileTools(vendor: string, tools: Readonly<Record<string, string>> = {}): ReadonlyMap<string, PicoUsd> {
  return new Map(Object.entries(tools).map(([tool, usd]) => [tool, picoOf(vendor, tool, usd)]));
}

function compileUnits(
  vendor: string,
  where: string,
  units: NonNullable<PriceEntry["units"]>,
): Readonly<Partial<Record<BilledUnit, PicoUsd>>> {
  const priced = billedUnits.flatMap((unit) => {
    const usd = units[unit];
    return usd === undefined ? [] : [[unit, picoOf(vendor, where, usd)] as const];
  });
  return Object.fromEntries(priced);
}

function picoOf(vendor: string, where: string, usd: string): PicoUsd {
  const picoUsd = usdToPico(usd);
  if (picoUsd === null) throw wrongPrice(vendor, where, `${usd} is not a plain decimal of USD`);
  return picoUsd;
}
