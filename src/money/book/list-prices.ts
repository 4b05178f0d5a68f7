import { compileVendor } from "../prices/compile-prices.ts";
import { mergeDocuments } from "./merge-prices.ts";
import { priceAt } from "../prices/price-at.ts";
import type { PriceEntry, VendorPrices } from "../prices/price-data.ts";

/** One model of a price book as it is listed. */
export interface ListedPrice {
  readonly vendor: string;
  readonly id: string;
  readonly aliases: readonly string[];
  /** The entry in force; null: none is, at that moment. */
  readonly entry: PriceEntry | null;
  /** All its entries, ascending by date. */
  readonly entries: readonly PriceEntry[];
}

/**
 * The models of price documents, later documents over earlier ones, with the entry in force at `atMs`; in the order of
 * the documents.
 * @throws FarthingError `config_invalid` when a document is malformed.
 */
export function listPrices(documents: readonly unknown[], atMs: number): readonly ListedPrice[] {
  return [...mergeDocuments(documents).values()].flatMap((data) => listVendor(data, atMs));
}

function listVendor(data: VendorPrices, atMs: number): readonly ListedPrice[] {
  const { models } = compileVendor(data);
  return data.models.map(({ id, aliases = [], prices }) => ({
    vendor: data.vendor,
    id,
    aliases,
    entry: priceAt(models.get(id) ?? [], atMs)?.entry ?? null,
    entries: prices,
  }));
}
