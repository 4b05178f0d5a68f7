import type { ExplainingPriceBook } from "../../spec/prices.ts";
import { bundledPriceFiles } from "./bundled-price-files.ts";
import { mergeDocuments } from "./merge-prices.ts";
import { priceBookOf } from "./price-book.ts";
import type { VendorPrices } from "../prices/price-data.ts";

const shipped: ReadonlySet<unknown> = new Set(bundledPriceFiles);

/**
 * The catalogue in force: the prices that ship with Farthing, and those of an update in place of the shipped ones of the same
 * vendors. An update has been read before, so its vendors have names.
 */
export function catalogueOf(update: readonly unknown[] = []): readonly unknown[] {
  const updated = new Set(update.map(vendorOf));
  return [...bundledPriceFiles.filter((file) => !updated.has(vendorOf(file))), ...update];
}

/**
 * The catalogue as a price book, with the operator's own prices over it: a model of an override replaces the catalogue's of
 * the same vendor and name for the days its entries hold, anything else is added.
 * @throws FarthingError `config_invalid` when an override is malformed or names something twice.
 */
export function bundledPriceBook(
  overrides: readonly unknown[] = [],
  update: readonly unknown[] = [],
): ExplainingPriceBook {
  return priceBookOf([...catalogueOf(update), ...overrides], shipped);
}

/**
 * The book of list prices that a statement compares with: without discounts and contracts, and the catalogue's prices hold
 * wherever there are any. An operator's own prices are list prices only for what the catalogue does not know.
 * @throws FarthingError as {@link bundledPriceBook}.
 */
export function listPriceBook(
  overrides: readonly unknown[] = [],
  update: readonly unknown[] = [],
): ExplainingPriceBook {
  const own = [...mergeDocuments(overrides).values()].map(withoutTerms);
  return priceBookOf([...own, ...catalogueOf(update)], shipped);
}

function vendorOf(document: unknown): unknown {
  return (document as { readonly vendor?: unknown } | null)?.vendor;
}

function withoutTerms(prices: VendorPrices): VendorPrices {
  return { ...prices, discounts: [], contracts: {} };
}
