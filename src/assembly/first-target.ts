import { FarthingError } from "../kit/farthing-error.ts";
import type { Caller } from "../spec/caller.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { DialectName } from "../spec/request.ts";
import type { Endpoint } from "../spec/target.ts";

/**
 * The endpoint that answers when no rule says otherwise. An own key goes to its dialect's default endpoint and nowhere else.
 * A local key may use only endpoints for which the server holds a key or that take none: the default one, else the first that speaks the dialect.
 * @throws FarthingError `model_not_found` when there is none.
 */
export function firstEndpoint(config: FarthingConfig, dialect: DialectName, kind: Caller["kind"]): Endpoint {
  const wantedId = config.defaultEndpoints[dialect];
  const usable = config.endpoints.filter(
    (endpoint) => endpoint.dialects.includes(dialect) && (kind === "own-key" || servesLocalKeys(endpoint)),
  );
  const found = usable.find((endpoint) => endpoint.id === wantedId) ?? (kind === "own-key" ? undefined : usable[0]);
  if (found !== undefined) return found;
  const advice =
    kind === "own-key"
      ? `Name a provider for ${dialect} under defaultProviders in farthing.yaml.`
      : `Give a provider that speaks ${dialect} a key in farthing.yaml, or keyless: true where it takes none; local keys use only such providers.`;
  throw new FarthingError("model_not_found", `No provider is configured for ${dialect}. ${advice}`, { field: "model" });
}

/** Whether local keys may be served there: the gateway holds a key for it, or it takes none. */
export function servesLocalKeys(endpoint: Pick<Endpoint, "serverKey" | "keyless">): boolean {
  return endpoint.serverKey !== null || endpoint.keyless === true;
}
