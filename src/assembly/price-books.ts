import { bundledPriceBook } from "../money/bundled-price-book.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { PriceBook } from "../spec/prices.ts";

/**
 * The price book of each config: the bundled prices with the config's own over them, made anew only when those changed.
 * The book throws FarthingError `config_invalid` where the config's prices are malformed.
 */
export function createPriceBooks(): (config: Pick<FarthingConfig, "prices">) => PriceBook {
  let held: { readonly book: PriceBook; readonly key: string } | null = null;
  return ({ prices = [] }) => {
    const key = JSON.stringify(prices);
    if (held?.key !== key) held = { book: bundledPriceBook(prices), key };
    return held.book;
  };
}
