import { bundledPriceBook } from "../../money/book/bundled-price-book.ts";
import type { FarthingConfig } from "../../spec/config.ts";
import type { PriceBook } from "../../spec/prices.ts";

/**
 * The price book of each config: the catalogue with the config's own prices over it, made anew only when those changed.
 * The book throws FarthingError `config_invalid` where the config's prices are malformed.
 */
export function createPriceBooks(): (config: Pick<FarthingConfig, "prices" | "priceUpdate">) => PriceBook {
  let held: { readonly book: PriceBook; readonly key: string } | null = null;
  return ({ prices = [], priceUpdate = [] }) => {
    const key = JSON.stringify([prices, priceUpdate]);
    if (held?.key !== key) held = { book: bundledPriceBook(prices, priceUpdate), key };
    return held.book;
  };
}
