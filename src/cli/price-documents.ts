import { catalogueOf } from "../money/book/bundled-price-book.ts";
import type { FarthingConfig } from "../spec/config.ts";

/** Every price document in force: the catalogue, then the operator's own. */
export function documentsOf({ prices = [], priceUpdate }: Pick<FarthingConfig, "prices" | "priceUpdate">): unknown[] {
  return [...catalogueOf(priceUpdate), ...prices];
}
