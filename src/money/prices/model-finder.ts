import type { CompiledVendor } from "./compiled-prices.ts";
import { findModel, type FoundModel } from "./find-model.ts";

/** Names remembered per vendor, known and unknown ones together; beyond that they are looked up anew each time. */
const memoMax = 1000;
/** No listed name is longer; a longer one is unknown, and is neither searched nor remembered. */
const nameLengthMax = 200;

/**
 * `findModel` of one vendor, that remembers what it found: two map reads for a name asked before.
 * @param compiled The vendor's prices, asked for at the first name.
 */
export function createModelFinder(compiled: () => CompiledVendor): (name: string) => FoundModel | null {
  const memo = new Map<string, FoundModel | null>();
  return (name) => {
    if (name.length > nameLengthMax) return null;
    const known = memo.get(name);
    if (known !== undefined) return known;
    const found = findModel(compiled(), name);
    if (memo.size < memoMax) memo.set(name, found);
    return found;
  };
}
