import type { Caller, Claims, Scope } from "../../spec/caller.ts";
import type { KeyScope, LocalKey } from "../../spec/config.ts";
import type { KeyedDigests } from "./keyed-digests.ts";
import { findLocalKey, type FoundKey, looksLikeLocalKey } from "./local-keys.ts";

/** Who a key belongs to; everything about a caller that its key decides. */
export interface Identity {
  readonly kind: Caller["kind"];
  readonly keyId: string;
  readonly scope: Scope;
  /** The key itself for an own key, null for a local one. */
  readonly providerKey: string | null;
  readonly pinnedClaims: LocalKey["pinnedClaims"];
  /** Whom a local key belongs to. */
  readonly org?: string;
  readonly project?: string;
  /** What a key may do and which models it may ask for; absent: no bounds. */
  readonly scopes?: readonly KeyScope[];
  readonly models?: readonly string[];
  /** The key is good before this moment, milliseconds since the epoch. */
  readonly untilMs: number;
}

/** Turns keys into identities. */
export interface Credentials {
  /** Null for a text that looks like a local key and is none, or none any more. */
  identify(key: string): Identity | null;
  /** A local key by its public id; null for a caller's own, or one that is gone. */
  localKeyOf(keyId: string): LocalKey | null;
  /** Ids of a tenant's local keys. */
  keysOfTenant(tenant: string): readonly string[];
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
export function createCredentials(
  localKeys: readonly LocalKey[],
  digests: KeyedDigests,
  nowMs: () => number,
): Credentials {
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

  const find = (key: string): Identity | null => {
    const known = young.get(key);
    if (known !== undefined) return known;
    const identity = old.get(key) ?? look(key);
    return identity === null ? null : remember(key, identity);
  };

  return {
    identify: (key) => {
      const identity = find(key);
      return identity !== null && nowMs() < identity.untilMs ? identity : null;
    },
    localKeyOf: (keyId) => byId.get(keyId) ?? null,
    keysOfTenant: (tenant) => localKeys.filter((key) => key.tenant === tenant).map(({ id }) => id),
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
    ...(identity.org === undefined ? {} : { org: identity.org }),
    ...(identity.project === undefined ? {} : { project: identity.project }),
    claims,
  };
}

function ownIdentity(key: string, digests: KeyedDigests): Identity {
  const scope = digests.scopeOf("own-key", key);
  const untilMs = Number.POSITIVE_INFINITY;
  return { kind: "own-key", keyId: digests.keyIdOf(key), scope, providerKey: key, pinnedClaims: {}, untilMs };
}

/** What a key may do that says nothing about it. */
const usualScopes: readonly KeyScope[] = ["models", "requests"];

function localIdentity({ key, untilMs }: FoundKey, digests: KeyedDigests): Identity {
  const { id, tenant, pinnedClaims, org, project, scopes = usualScopes, models } = key;
  return {
    kind: "local-key",
    keyId: id,
    scope: digests.scopeOf("tenant", tenant),
    providerKey: null,
    pinnedClaims,
    ...(org === undefined ? {} : { org }),
    ...(project === undefined ? {} : { project }),
    scopes,
    ...(models === undefined ? {} : { models }),
    untilMs,
  };
}
