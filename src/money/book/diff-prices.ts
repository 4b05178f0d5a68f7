import { compileVendor } from "../prices/compile-prices.ts";
import type { CompiledVendor, DatedPrices } from "../prices/compiled-prices.ts";
import { mergeDocuments } from "./merge-prices.ts";
import { priceAt } from "../prices/price-at.ts";
import { figuresOf } from "./price-figures.ts";

/** One figure of a model under two price lists. */
export interface FigureChange {
  /** As `figuresOf` names it. */
  readonly what: string;
  /** Null: it had no price. */
  readonly before: bigint | null;
  /** Null: it has none any more. */
  readonly after: bigint | null;
}

/** What becomes of one model, at the moment of the comparison. */
export interface ModelChange {
  readonly vendor: string;
  readonly model: string;
  /** `changed`: figures went both ways, or came and went. */
  readonly kind: "added" | "removed" | "dearer" | "cheaper" | "changed";
  /** Those that differ; none of a model that was added or removed. */
  readonly figures: readonly FigureChange[];
}

/** What one price list changes of another at a moment; in the order of the first list, what was added last. */
export interface PriceDiff {
  /** Names, aliases too, that had a price before, by vendor. */
  readonly priced: Readonly<Record<string, number>>;
  readonly unchanged: number;
  readonly changes: readonly ModelChange[];
}

/** Two lists of price documents, read once and compared at any moment, milliseconds since the epoch. */
export interface PriceComparison {
  /** The entries in force at that moment are compared. */
  at(atMs: number): PriceDiff;
  /** Moments after `atMs` at which an entry of either list begins or ends, ascending. */
  laterMoments(atMs: number): readonly number[];
}

/**
 * Compares two lists of price documents, each merged as a price book does it.
 * @throws FarthingError `config_invalid` when a document is malformed.
 */
export function comparePrices(before: readonly unknown[], after: readonly unknown[]): PriceComparison {
  const [left, right] = [compileAll(before), compileAll(after)];
  const vendors = [...new Set([...left.keys(), ...right.keys()])];
  return {
    at: (atMs) => diffAt(vendors, left, right, atMs),
    laterMoments: (atMs) => {
      const dated = [left, right].flatMap((list) =>
        [...list.values()].flatMap((vendor) => [...vendor.models.values()]),
      );
      const moments = new Set(dated.flat().flatMap(({ fromMs, toMs }) => [fromMs, toMs]));
      return [...moments].filter((ms) => ms > atMs && ms < Infinity).toSorted((one, other) => one - other);
    },
  };
}

function compileAll(documents: readonly unknown[]): ReadonlyMap<string, CompiledVendor> {
  return new Map([...mergeDocuments(documents)].map(([vendor, data]) => [vendor, compileVendor(data)]));
}

function diffAt(
  vendors: readonly string[],
  left: ReadonlyMap<string, CompiledVendor>,
  right: ReadonlyMap<string, CompiledVendor>,
  atMs: number,
): PriceDiff {
  const changes: ModelChange[] = [];
  const priced: Record<string, number> = {};
  let unchanged = 0;
  for (const vendor of vendors) {
    const [was, is] = [inForce(left.get(vendor), atMs), inForce(right.get(vendor), atMs)];
    if (was.size > 0) priced[vendor] = was.size;
    for (const model of new Set([...was.keys(), ...is.keys()])) {
      const change = changeOf(vendor, model, was.get(model), is.get(model));
      if (change === null) unchanged += 1;
      else changes.push(change);
    }
  }
  return { priced, unchanged, changes };
}

function inForce(vendor: CompiledVendor | undefined, atMs: number): ReadonlyMap<string, ReadonlyMap<string, bigint>> {
  const found = new Map<string, ReadonlyMap<string, bigint>>();
  if (vendor === undefined) return found;
  const shared = figuresOfVendor(vendor);
  for (const [name, dated] of vendor.models) {
    const prices = priceAt(dated, atMs);
    if (prices !== null) found.set(name, new Map([...shared, ...figuresOf(prices)]));
  }
  return found;
}

/** What a vendor says for all its models; an entry's own word goes over it. */
function figuresOfVendor({
  serviceTiers,
  roughServiceTiers,
  regions,
  serverTools,
}: CompiledVendor): [string, bigint][] {
  const dated: Pick<DatedPrices, "tiers" | "rules"> = {
    tiers: [],
    rules: {
      serviceTiers: new Map([...roughServiceTiers, ...serviceTiers]),
      hours: [],
      regions,
      perRequest: 0n,
      units: {},
      serverTools,
      concernsAll: false,
    },
  };
  return [...figuresOf(dated)];
}

function changeOf(
  vendor: string,
  model: string,
  old: ReadonlyMap<string, bigint> | undefined,
  next: ReadonlyMap<string, bigint> | undefined,
): ModelChange | null {
  if (old === undefined) return { vendor, model, kind: "added", figures: [] };
  if (next === undefined) return { vendor, model, kind: "removed", figures: [] };
  const figures = [...new Set([...old.keys(), ...next.keys()])].flatMap((what): readonly FigureChange[] => {
    const [before, after] = [old.get(what) ?? null, next.get(what) ?? null];
    return before === after ? [] : [{ what, before, after }];
  });
  return figures.length === 0 ? null : { vendor, model, kind: kindOf(figures), figures };
}

function kindOf(figures: readonly FigureChange[]): "dearer" | "cheaper" | "changed" {
  const isDearer = ({ before, after }: FigureChange): boolean => before !== null && after !== null && after > before;
  const isCheaper = ({ before, after }: FigureChange): boolean => before !== null && after !== null && after < before;
  if (figures.every(isDearer)) return "dearer";
  return figures.every(isCheaper) ? "cheaper" : "changed";
}
