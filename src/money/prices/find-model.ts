import { termsOf, type VendorTerms } from "./compile-terms.ts";
import type { CompiledVendor, DatedPrices } from "./compiled-prices.ts";

/** A model's prices and the vendor whose rules go with them. */
export interface FoundModel {
  readonly vendor: CompiledVendor;
  /** The id under which it is listed. */
  readonly id: string;
  readonly dated: readonly DatedPrices[];
  /** Discounts and capacity that cover this model at some time; null: none. */
  readonly terms: VendorTerms | null;
}

/** Dated snapshots as the vendors write them: `gpt-4o-2024-08-06`, `claude-opus-4-5-20251101`. */
const snapshotSuffix = /^(.+?)-(?:20\d{2}-[01]\d-[0-3]\d|20\d{2}[01]\d[0-3]\d)$/;
/** A fine-tuned model, `ft:<base>:<organisation>:<name>:<id>`: priced by its base, which the book lists as `ft:<base>`. */
const fineTuned = /^(ft:[^:]+):/;

/**
 * Finds a model by its exact name, or by one of two rules: a snapshot of a listed model that is not itself listed, and
 * a fine-tuned model of a listed base. There is no other way in: a name that merely begins like a known one is unknown.
 * A snapshot's price is uncertain, since vendors have priced snapshots apart (gpt-4o-2024-05-13).
 */
export function findModel(vendor: CompiledVendor, name: string): FoundModel | null {
  const base = fineTuned.exec(name)?.[1];
  for (const listed of base === undefined ? [name] : [name, base]) {
    const dated = vendor.models.get(listed);
    if (dated !== undefined) return found(vendor, name, listed, dated);
  }
  const stem = snapshotSuffix.exec(name)?.[1];
  const listed = stem === undefined ? undefined : vendor.models.get(stem);
  if (stem === undefined || listed === undefined) return null;
  return found(
    vendor,
    name,
    stem,
    listed.map((prices) => ({ ...prices, uncertain: true })),
  );
}

/** A clause covers a model under the name that was called and under the id it is listed by. */
function found(vendor: CompiledVendor, name: string, listed: string, dated: readonly DatedPrices[]): FoundModel {
  const id = vendor.ids.get(listed) ?? listed;
  return { vendor, id, dated, terms: termsOf(vendor.terms, [name, id]) };
}
