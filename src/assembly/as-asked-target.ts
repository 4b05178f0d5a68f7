import { wireDialectOf } from "../pipeline/wire.ts";
import type { Caller } from "../spec/caller.ts";
import type { FarthingConfig } from "../spec/config.ts";
import type { DialectName, ModelRequest } from "../spec/request.ts";
import type { Endpoint, Target } from "../spec/target.ts";
import type { Translator } from "../spec/translation.ts";
import { firstEndpoint, servesLocalKeys } from "./first-target.ts";

/**
 * The target that a request names when no rule says otherwise: `provider/model` where the caller may use a provider of
 * that name in the config, else the model at the dialect's default provider, which the operator may have chosen among
 * those of other dialects too. Nothing is translated that was not named so: a prompt never goes to a vendor that neither
 * its caller nor the operator chose. An own key goes to its dialect's own provider and nowhere else.
 * @throws FarthingError `model_not_found` when there is none.
 */
export function targetAsAsked(
  config: FarthingConfig,
  request: ModelRequest,
  kind: Caller["kind"],
  translator: Translator,
): Target {
  if (request.resource !== undefined)
    return { endpoint: firstEndpoint(config, request.dialect, kind), model: request.model };
  const named = namedTarget(config, request, kind, translator);
  if (named !== null) return named;
  const chosen = config.endpoints.find(({ id }) => id === config.defaultEndpoints[request.dialect]);
  if (kind === "local-key" && chosen !== undefined && translates(chosen, request, translator)) {
    return { endpoint: chosen, model: request.model };
  }
  return { endpoint: firstEndpoint(config, request.dialect, kind), model: request.model };
}

/** `anthropic/claude-haiku-4-5`: a provider of the config, then its model. */
function namedTarget(
  config: FarthingConfig,
  request: ModelRequest,
  kind: Caller["kind"],
  translator: Translator,
): Target | null {
  const slash = request.model.indexOf("/");
  if (slash < 1 || slash === request.model.length - 1) return null;
  const id = request.model.slice(0, slash);
  const model = request.model.slice(slash + 1);
  const endpoint = config.endpoints.find((candidate) => candidate.id === id);
  if (endpoint === undefined) return null;
  if (kind === "own-key") {
    return config.defaultEndpoints[request.dialect] === id && endpoint.dialects.includes(request.dialect)
      ? { endpoint, model }
      : null;
  }
  return speaks(endpoint, request) || translates(endpoint, request, translator) ? { endpoint, model } : null;
}

function speaks(endpoint: Endpoint, { dialect }: ModelRequest): boolean {
  return servesLocalKeys(endpoint) && endpoint.dialects.includes(dialect);
}

function translates(endpoint: Endpoint, { dialect }: ModelRequest, translator: Translator): boolean {
  return servesLocalKeys(endpoint) && wireDialectOf(endpoint, dialect, translator) !== null;
}

/** Whether a provider that a caller of this kind reaches speaks the dialect itself. */
export function speaksDialect(config: FarthingConfig, dialect: DialectName, kind: Caller["kind"]): boolean {
  if (kind === "own-key") {
    const id = config.defaultEndpoints[dialect];
    return config.endpoints.some((endpoint) => endpoint.id === id && endpoint.dialects.includes(dialect));
  }
  return config.endpoints.some((endpoint) => servesLocalKeys(endpoint) && endpoint.dialects.includes(dialect));
}
