import type { Identity } from "../assembly/access/credentials.ts";
import { FarthingError } from "../kit/farthing-error.ts";
import type { ModelRequest } from "../spec/request.ts";

/**
 * What a provider keeps (files, batches, stored responses) lies under the server's key, which all tenants share: through it
 * one could list, read or delete what is another's. Own keys and a gateway of one tenant share nothing.
 * @throws FarthingError `shared_state`
 */
export function checkSharedState(request: ModelRequest, identity: Identity, tenantCount: number): void {
  if (!request.stateful || identity.kind === "own-key" || tenantCount < 2) return;
  const message =
    "The provider keeps this under a key that several tenants of this gateway share. Use a provider key of your own.";
  throw new FarthingError("shared_state", message);
}
