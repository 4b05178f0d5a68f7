import type { CacheScope } from "../spec/cache-scope.ts";
import type { Scope } from "../spec/caller.ts";
import type { Context } from "../spec/context.ts";

/** The scope of everybody who shares with this owner. */
export function tenantScope(owner: Scope): CacheScope {
  return { owner, isolation: "tenant", partition: owner };
}

/**
 * Who may share the answer to a request, as its route says. Null where the route keeps users apart and the request names
 * none: nobody may.
 */
export function cacheScopeOf({ caller, route, ports }: Context): CacheScope | null {
  const { scope: owner, keyId, claims } = caller;
  const { isolation } = route.exactCache;
  if (isolation === "tenant") return tenantScope(owner);
  const name = isolation === "credential" ? keyId : claims.user;
  if (name === undefined) return null;
  return { owner, isolation, partition: ports.digest(owner, `${isolation}:${name}`) as Scope };
}
