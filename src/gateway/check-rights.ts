import type { Identity } from "../assembly/access/credentials.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import { matchesWildcard } from "../kit/wildcard.ts";
import type { KeyScope } from "../spec/config.ts";
import type { Context } from "../spec/context.ts";

const doings: Readonly<Record<KeyScope, string>> = {
  models: "call models",
  requests: "read requests back",
  outcomes: "post outcomes",
  cache: "invalidate answers",
};

/** @throws FarthingError `scope_missing` where the caller's key does not include `scope`. */
export function checkScope({ scopes }: Pick<Identity, "scopes">, scope: KeyScope): void {
  if (scopes === undefined || scopes.includes(scope)) return;
  const message = `This local key may not ${doings[scope]}. Ask the operator for one with the scope ${scope}.`;
  throw new FarthingError("scope_missing", message);
}

/** Whether a key may ask for a model. */
export function allowsModel({ models }: Pick<Identity, "models">, model: string): boolean {
  return models === undefined || models.some((pattern) => matchesWildcard(pattern, model));
}

/**
 * The model counts as the provider gets it, so that `openai/gpt-4o` is `gpt-4o`; what the operator's rules make of it is theirs to
 * say. Of calls of other resources only those matter that a vendor bills, and then they need a model that can be read.
 * @throws FarthingError `model_not_allowed` where the caller's key is for other models.
 */
export function checkModel(identity: Pick<Identity, "models">, { request, targets }: Context): void {
  if (request.resource?.billed === false || allowsModel(identity, targets[0].model)) return;
  const message = `This local key may not ask for ${request.model}. Its models: ${(identity.models ?? []).join(", ")}.`;
  throw new FarthingError("model_not_allowed", message.slice(0, 500), { field: "model" });
}
