import { catalogueOf } from "../money/book/bundled-price-book.ts";
import type { Caller } from "../spec/caller.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { DialectName } from "../spec/request.ts";
import type { Endpoint } from "../spec/target.ts";
import { firstEndpoint, servesLocalKeys } from "./first-target.ts";

/** A model that a caller may ask for. */
export interface ListedModel {
  readonly id: string;
  /** The vendor that would answer. */
  readonly vendor: string;
}

/**
 * Models that a caller of `dialect` may ask for by name: those of the price list at the providers it reaches, and those that the
 * operator's rules name there. No provider is asked, so a model may be listed that the caller's account cannot use.
 */
export function listModels(config: FarthingConfig, dialect: DialectName, kind: Caller["kind"]): readonly ListedModel[] {
  const reachable = reachableEndpoints(config, dialect, kind);
  const models = new Map<string, ListedModel>();
  for (const route of config.routes) {
    for (const { endpoint, model } of route.rules.flatMap((rule) => rule.use)) {
      if (reachable.some(({ id }) => id === endpoint.id)) models.set(model, { id: model, vendor: endpoint.vendor });
    }
  }
  const priced = [...catalogueOf(config.priceUpdate), ...(config.prices ?? [])] as readonly PricedVendor[];
  for (const { vendor } of reachable) {
    const files = priced.filter((file) => file.vendor === vendor);
    for (const { id } of files.flatMap((file) => file.models ?? [])) models.set(id, { id, vendor });
  }
  return [...models.values()].toSorted((left, right) => (left.id < right.id ? -1 : 1));
}

function reachableEndpoints(config: FarthingConfig, dialect: DialectName, kind: Caller["kind"]): readonly Endpoint[] {
  if (kind === "own-key") return [firstEndpoint(config, dialect, kind)];
  return config.endpoints.filter((endpoint) => servesLocalKeys(endpoint) && endpoint.dialects.includes(dialect));
}

/** As much of a price document as a list needs; a price book was made of it, so the shape is right. */
interface PricedVendor {
  readonly vendor: string;
  readonly models?: readonly { readonly id: string }[];
}
