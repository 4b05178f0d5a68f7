import type { Cost } from "../../spec/money.ts";
import type { CostExplanation, ExplainingPriceBook } from "../../spec/prices.ts";
import type { Usage } from "../../spec/usage.ts";
import { compileVendor } from "../prices/compile-prices.ts";
import type { CompiledVendor } from "../prices/compiled-prices.ts";
import { contentDigest } from "./content-digest.ts";
import { costOf } from "../costs/cost-of.ts";
import { explainCost, explainUnknown } from "../costs/explain-cost.ts";
import { findModel, type FoundModel } from "../prices/find-model.ts";
import { mergeVendors } from "./merge-prices.ts";
import { once } from "../once.ts";
import { readVendorPrices, type VendorPrices } from "../prices/price-data.ts";
import { unpricedCost } from "../costs/sum-costs.ts";
import { worstCaseOf } from "../prices/worst-case.ts";

/** Names remembered per vendor, known and unknown ones together; beyond that they are looked up anew each time. */
const memoMax = 1000;
/** No listed name is longer; a longer one is unknown, and is neither searched nor remembered. */
const nameLengthMax = 200;

/**
 * A price book of price documents, later ones over earlier ones. Its version is a digest of all that they say. An answer
 * depends on the book and the arguments and on nothing else, so history priced anew by the moments of its rows comes out
 * the same each time. Cost of a lookup: two map reads; of the first one of a vendor that only `shipped` documents are
 * about, compiling those.
 * @param shipped Documents that are known to be right, since a test reads them as any other: they are taken unchecked.
 * @throws FarthingError `config_invalid` when a document is malformed or names something twice.
 */
export function priceBookOf(
  documents: readonly unknown[],
  shipped: ReadonlySet<unknown> = new Set(),
): ExplainingPriceBook {
  const read = documents.map((document) =>
    shipped.has(document) ? (document as VendorPrices) : readVendorPrices(document),
  );
  const own = new Set(read.filter((data) => !shipped.has(data)).map(({ vendor }) => vendor));
  const vendors = new Map<string, VendorLookup>();
  for (const [vendor, ofVendor] of Map.groupBy(read, (data) => data.vendor)) {
    const lookup = { compiled: once(() => compileVendor(mergeVendors(ofVendor))), memo: new Map() };
    if (own.has(vendor)) lookup.compiled();
    vendors.set(vendor, lookup);
  }
  const find = (vendor: string, model: string): FoundModel | null => {
    const lookup = vendors.get(vendor);
    return lookup === undefined ? null : findMemoised(lookup, model);
  };
  return {
    version: `p1-${contentDigest(JSON.stringify(read))}`,
    costOf: (vendor: string, model: string, usage: Usage, atMs: number): Cost => {
      const found = find(vendor, model);
      return found === null ? unpricedCost : costOf(found, usage, atMs);
    },
    worstCase: (vendor: string, model: string, inputTokens: number, outputTokens: number, atMs: number) => {
      const found = find(vendor, model);
      return found === null ? null : worstCaseOf(found, inputTokens, outputTokens, atMs);
    },
    explain: (vendor: string, model: string, usage: Usage, atMs: number): CostExplanation => {
      const found = find(vendor, model);
      return found === null
        ? explainUnknown(vendor, model, vendors.has(vendor))
        : explainCost(found, model, usage, atMs);
    },
  };
}

/** A vendor's prices with the names already looked up. */
interface VendorLookup {
  readonly compiled: () => CompiledVendor;
  readonly memo: Map<string, FoundModel | null>;
}

function findMemoised(lookup: VendorLookup, model: string): FoundModel | null {
  if (model.length > nameLengthMax) return null;
  const known = lookup.memo.get(model);
  if (known !== undefined) return known;
  const found = findModel(lookup.compiled(), model);
  if (lookup.memo.size < memoMax) lookup.memo.set(model, found);
  return found;
}
