import type { Cost } from "../../spec/money.ts";
import type { CostExplanation, ExplainingPriceBook } from "../../spec/prices.ts";
import type { Usage } from "../../spec/usage.ts";
import { compileVendor } from "../prices/compile-prices.ts";
import { contentDigest } from "./content-digest.ts";
import { costOf } from "../costs/cost-of.ts";
import { explainCost, explainUnknown } from "../costs/explain-cost.ts";
import type { FoundModel } from "../prices/find-model.ts";
import { createModelFinder } from "../prices/model-finder.ts";
import { mergeVendors } from "./merge-prices.ts";
import { once } from "../once.ts";
import { readVendorPrices, type VendorPrices } from "../prices/price-data.ts";
import { unpricedCost } from "../costs/sum-costs.ts";
import { worstCaseOf } from "../prices/worst-case.ts";

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
  const finders = new Map<string, (model: string) => FoundModel | null>();
  for (const [vendor, ofVendor] of Map.groupBy(read, (data) => data.vendor)) {
    const compiled = once(() => compileVendor(mergeVendors(ofVendor)));
    if (own.has(vendor)) compiled();
    finders.set(vendor, createModelFinder(compiled));
  }
  const find = (vendor: string, model: string): FoundModel | null => finders.get(vendor)?.(model) ?? null;
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
        ? explainUnknown(vendor, model, finders.has(vendor))
        : explainCost(found, model, usage, atMs);
    },
  };
}
