import type { Cost } from "../spec/money.ts";
import type { PriceBook } from "../spec/prices.ts";
import type { Usage } from "../spec/usage.ts";
import { compileVendor, type CompiledVendor } from "./compile-prices.ts";
import { contentDigest } from "./content-digest.ts";
import { costOf } from "./cost-of.ts";
import anthropic from "./data/anthropic.json" with { type: "json" };
import google from "./data/google.json" with { type: "json" };
import openai from "./data/openai.json" with { type: "json" };
import { findModel, type FoundModel } from "./find-model.ts";
import { readVendorPrices, type ModelPrices, type VendorPrices } from "./price-data.ts";
import { unpricedCost } from "./sum-costs.ts";
import { worstCaseOf } from "./worst-case.ts";

/** Names remembered per vendor, known and unknown ones together; beyond that they are looked up anew each time. */
const memoMax = 1000;
/** No listed name is longer; a longer one is unknown, and is neither searched nor remembered. */
const nameLengthMax = 200;

/** The files as shipped, for checks and listings. They are unchecked JSON until a price book is made of them. */
export const bundledPriceFiles: readonly unknown[] = [openai, anthropic, google];

/**
 * The price book that ships with Farthing, with the operator's own prices over it: a model of an override replaces the
 * bundled one of the same vendor and id, anything else is added. Cost of a lookup: two map reads.
 * @throws FarthingError `config_invalid` when an override is malformed or names something twice.
 */
export function bundledPriceBook(overrides: readonly unknown[] = []): PriceBook {
  const merged = new Map<string, VendorPrices>();
  for (const file of [...bundledPriceFiles, ...overrides]) {
    const data = readVendorPrices(file);
    const before = merged.get(data.vendor);
    merged.set(data.vendor, before === undefined ? data : mergeVendor(before, data));
  }
  const vendors = new Map<string, VendorLookup>();
  for (const [vendor, data] of merged) vendors.set(vendor, { compiled: compileVendor(data), memo: new Map() });
  return {
    version: `p1-${contentDigest(JSON.stringify([...merged.values()]))}`,
    costOf: (vendor: string, model: string, usage: Usage, atMs: number): Cost => {
      const lookup = vendors.get(vendor);
      const found = lookup === undefined ? null : findMemoised(lookup, model);
      return found === null ? unpricedCost : costOf(found.vendor, found.dated, usage, atMs);
    },
    worstCase: (vendor: string, model: string, inputTokens: number, outputTokens: number, atMs: number) => {
      const lookup = vendors.get(vendor);
      const found = lookup === undefined ? null : findMemoised(lookup, model);
      return found === null ? null : worstCaseOf(found.dated, inputTokens, outputTokens, atMs);
    },
  };
}

/** A vendor's prices with the names already looked up. */
interface VendorLookup {
  readonly compiled: CompiledVendor;
  readonly memo: Map<string, FoundModel | null>;
}

function findMemoised(lookup: VendorLookup, model: string): FoundModel | null {
  if (model.length > nameLengthMax) return null;
  const known = lookup.memo.get(model);
  if (known !== undefined) return known;
  const found = findModel(lookup.compiled, model);
  if (lookup.memo.size < memoMax) lookup.memo.set(model, found);
  return found;
}

/** The override's models first win over bundled ones that share a name with them, id or alias. */
function mergeVendor(before: VendorPrices, override: VendorPrices): VendorPrices {
  const taken = new Set(override.models.flatMap(namesOf));
  const kept = before.models.flatMap((model) => withoutNames(model, taken));
  return {
    ...before,
    billedAs: { ...before.billedAs, ...override.billedAs },
    serviceTierPercent: { ...before.serviceTierPercent, ...override.serviceTierPercent },
    serverTools: { ...before.serverTools, ...override.serverTools },
    models: [...kept, ...override.models],
  };
}

function namesOf(model: ModelPrices): readonly string[] {
  return [model.id, ...(model.aliases ?? [])];
}

/** The model under the names that are left to it; none when all are taken. */
function withoutNames(model: ModelPrices, taken: ReadonlySet<string>): readonly ModelPrices[] {
  const [id, ...aliases] = namesOf(model).filter((name) => !taken.has(name));
  return id === undefined ? [] : [{ ...model, id, aliases }];
}
