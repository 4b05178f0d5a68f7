import type { CompiledVendor, DatedPrices } from "./compile-prices.ts";

/** A model's prices and the vendor whose rules go with them. */
export interface FoundModel {
  readonly vendor: CompiledVendor;
  readonly dated: readonly DatedPrices[];
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
  const exact = vendor.models.get(name);
  if (exact !== undefined) return { vendor, dated: exact };
  const base = fineTuned.exec(name)?.[1];
  const tuned = base === undefined ? undefined : vendor.models.get(base);
  if (tuned !== undefined) return { vendor, dated: tuned };
  const stem = snapshotSuffix.exec(name)?.[1];
  const listed = stem === undefined ? undefined : vendor.models.get(stem);
  if (listed === undefined) return null;
  return { vendor, dated: listed.map((prices) => ({ ...prices, uncertain: true })) };
}
