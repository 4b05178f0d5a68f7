import { compileVendor } from "../prices/compile-prices.ts";
import { readVendorPrices, type ModelPrices, type PriceEntry, type VendorPrices } from "../prices/price-data.ts";

/**
 * Price documents by vendor, later ones over earlier ones.
 * @throws FarthingError `config_invalid` when one is malformed or contradicts itself.
 */
export function mergeDocuments(documents: readonly unknown[]): ReadonlyMap<string, VendorPrices> {
  const byVendor = Map.groupBy(documents.map(readVendorPrices), (data) => data.vendor);
  return new Map([...byVendor].map(([vendor, data]) => [vendor, mergeVendors(data)]));
}

/**
 * Documents of one vendor as one, later ones over earlier ones.
 * @throws FarthingError `config_invalid` when one contradicts itself.
 */
export function mergeVendors(data: readonly VendorPrices[]): VendorPrices {
  return data.reduce((before, over) => {
    // An overlay would hide that the dates of an override contradict each other.
    compileVendor(over);
    return mergeVendor(before, over);
  });
}

/**
 * A vendor's prices with an override over them. A model of the override takes over the names it has, for the days its
 * entries hold: before, between and after them the earlier prices stay in force. Anything else is added.
 */
function mergeVendor(before: VendorPrices, override: VendorPrices): VendorPrices {
  const taken = new Set(override.models.flatMap(namesOf));
  const origins = new Map(before.models.flatMap((model) => namesOf(model).map((name) => [name, model] as const)));
  return {
    ...before,
    billedAs: { ...before.billedAs, ...override.billedAs },
    serviceTiers: { ...before.serviceTiers, ...override.serviceTiers },
    serviceTierPercent: { ...before.serviceTierPercent, ...override.serviceTierPercent },
    regions: { ...before.regions, ...override.regions },
    serverTools: { ...before.serverTools, ...override.serverTools },
    models: [
      ...before.models.flatMap((model) => withoutNames(model, taken)),
      ...override.models.flatMap((model) => overlayModel(model, origins)),
    ],
    discounts: [...(before.discounts ?? []), ...(override.discounts ?? [])],
    contracts: {
      credits: [...(before.contracts?.credits ?? []), ...(override.contracts?.credits ?? [])],
      commitments: [...(before.contracts?.commitments ?? []), ...(override.contracts?.commitments ?? [])],
      provisioned: [...(before.contracts?.provisioned ?? []), ...(override.contracts?.provisioned ?? [])],
    },
  };
}

function namesOf(model: ModelPrices): readonly string[] {
  return [model.id, ...(model.aliases ?? [])];
}

/** The model under the names that are left to it; none when all are taken. */
function withoutNames(model: ModelPrices, taken: ReadonlySet<string>): readonly ModelPrices[] {
  const [id, ...aliases] = namesOf(model).filter((name) => !taken.has(name));
  return id === undefined ? [] : [{ ...model, id, aliases }];
}

/** The override's model over what each of its names was before: names of one origin stay together. */
function overlayModel(model: ModelPrices, origins: ReadonlyMap<string, ModelPrices>): readonly ModelPrices[] {
  const groups = new Map<ModelPrices | undefined, string[]>();
  for (const name of namesOf(model)) {
    const origin = origins.get(name);
    const names = groups.get(origin) ?? [];
    names.push(name);
    groups.set(origin, names);
  }
  return [...groups].flatMap(([origin, [id, ...aliases]]) =>
    id === undefined ? [] : [{ id, aliases, prices: overlayEntries(origin?.prices ?? [], model.prices) }],
  );
}

/** An entry and the days it holds; days as texts compare as they follow. */
interface Held {
  /** Empty: from the beginning. */
  readonly from: string;
  readonly to: string | null;
  readonly entry: PriceEntry;
}

function overlayEntries(before: readonly PriceEntry[], over: readonly PriceEntry[]): readonly PriceEntry[] {
  const dated = datesOf(over);
  let kept: readonly Held[] = datesOf(before);
  for (const span of dated) kept = kept.flatMap((held) => cutOut(held, span));
  return [...kept, ...dated].toSorted((left, right) => (left.from < right.from ? -1 : 1)).map(toEntry);
}

function datesOf(entries: readonly PriceEntry[]): readonly Held[] {
  return entries.map((entry, index) => ({
    from: entry.from ?? "",
    to: entry.to ?? entries[index + 1]?.from ?? null,
    entry,
  }));
}

/** What is left of `held` before and after `span`. */
function cutOut(held: Held, span: Held): readonly Held[] {
  const earlierEnd = held.to === null || held.to > span.from ? span.from : held.to;
  const earlier = { ...held, to: earlierEnd };
  const later = { ...held, from: span.to === null || held.from > span.to ? held.from : span.to };
  return [
    ...(earlier.from < earlierEnd ? [earlier] : []),
    ...(span.to !== null && (later.to === null || later.from < later.to) ? [later] : []),
  ];
}

function toEntry({ from, to, entry }: Held): PriceEntry {
  const { to: _, ...rest } = entry;
  const dated = { ...rest, from: from === "" ? null : from };
  return to === null ? dated : { ...dated, to };
}
