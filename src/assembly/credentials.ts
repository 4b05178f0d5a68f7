import type { Caller, Claims, Scope } from "../spec/caller.ts";
import type { LocalKey } from "../spec/config.ts";
import type { KeyedDigests } from "./keyed-digests.ts";
import { findLocalKey, looksLikeLocalKey } from "./local-keys.ts";

/** Who a key belongs to; everything about a caller that its key decides. */
export interface Identity {
  readonly kind: Caller["kind"];
  readonly keyId: string;
  readonly scope: Scope;
  /** The key itself for an own key, null for a local one. */
  readonly providerKey: string | null;
  readonly pinnedClaims: LocalKey["pinnedClaims"];
}

/** Turns keys into identities. */
export interface Credentials {
  /** Null for a text that looks like a local key and is none. */
  identify(key: string): Identity | null;
  readonly localKeyCount: number;
  /** Tenants that have local keys. */
  readonly tenantCount: number;
}

/** Keys remembered in one generation; two generations are kept. */
const rememberedMax = 5000;

/**
 * Credentials over the local keys of a data directory. Answers are remembered under the whole key, never a part of it: two keys
 * that share a beginning are two callers. Unknown local keys are not remembered, so guessing evicts nobody.
 */
export function createCredentials(localKeys: readonly LocalKey[], digests: KeyedDigests): Credentials {
  const byId = new Map(localKeys.map((key) => [key.id, key]));
  let young = new Map<string, Identity>();
  let old = new Map<string, Identity>();

  const remember = (key: string, identity: Identity): Identity => {
    if (young.size >= rememberedMax) {
      old = young;
      young = new Map();
    }
    young.set(key, identity);
    return identity;
  };

  const look = (key: string): Identity | null => {
    if (!looksLikeLocalKey(key)) return ownIdentity(key, digests);
    const found = findLocalKey(key, byId, digests);
    return found === null ? null : localIdentity(found, digests);
  };

  return {
    identify: (key) => {
      const known = young.get(key);
      if (known !== undefined) return known;
      const identity = old.get(key) ?? look(key);
      return identity === null ? null : remember(key, identity);
    },
    localKeyCount: localKeys.length,
    tenantCount: new Set(localKeys.map(({ tenant }) => tenant)).size,
  };
}

/** The caller of one request: an identity, the endpoint its own key belongs to, and what it says about the request. */
export function callerOf(identity: Identity, endpointId: string, claims: Claims): Caller {
  return {
    kind: identity.kind,
    keyId: identity.keyId,
    scope: identity.scope,
    providerKey: identity.providerKey,
    endpointId: identity.kind === "own-key" ? endpointId : null,
    claims,
  };
}

function ownIdentity(key: string, digests: KeyedDigests): Identity {
  const scope = digests.scopeOf("own-key", key);
  return { kind: "own-key", keyId: digests.keyIdOf(key), scope, providerKey: key, pinnedClaims: {} };
}

function localIdentity(key: LocalKey, digests: KeyedDigests): Identity {
  const scope = digests.scopeOf("tenant", key.tenant);
  return { kind: "local-key", keyId: key.id, scope, providerKey: null, pinnedClaims: key.pinnedClaims };
}
