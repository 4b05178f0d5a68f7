import { FarthingError } from "../../kit/farthing-error.ts";
import { compileVendor } from "../../money/prices/compile-prices.ts";
import { readVendorPrices } from "../../money/prices/price-data.ts";

/** What is wrong with a price document of the operator's, naming the field; null when a price book takes it. */
export function checkPriceDocument(document: unknown): string | null {
  try {
    compileVendor(readVendorPrices(document));
    return null;
  } catch (error) {
    if (!FarthingError.isInstance(error)) throw error;
    return error.message.replace(/\.$/, "");
  }
}
