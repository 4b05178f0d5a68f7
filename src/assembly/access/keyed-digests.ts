import { hash, timingSafeEqual } from "node:crypto";
import type { Scope } from "../../spec/caller.ts";
import type { Digest } from "../../spec/ports.ts";

/** Every keyed digest the engine needs. Each has a key of its own, derived from the data directory's secret. */
export interface KeyedDigests {
  /** Keys of caches; each owner has a secret of its own. */
  readonly digest: Digest;
  /** This installation among those that share balances. */
  readonly ownerOfBalances: string;
  /** Who may share: from the credential that pays, or from the tenant of a local key. */
  scopeOf(kind: "own-key" | "tenant", text: string): Scope;
  /** What of a local key is stored. */
  keyDigest(key: string): string;
  /** Public name of a caller's own key: tells two keys apart, tells nothing of either. */
  keyIdOf(key: string): string;
}

// SHA-512/256 has no length extension, so secret and text may simply be joined; createHmac would cost 2 microseconds more.
const algorithm = "sha512-256";
/** For cache keys, which every request needs and which may be long: processors have instructions for it, and it is twice as fast. */
const longTextAlgorithm = "sha256";

/** Owners whose secrets are kept at hand, in one generation; two are kept. */
const ownersRemembered = 5_000;

/** Digests under `secret` (hex, at least 32 bytes). */
export function createKeyedDigests(secret: string): KeyedDigests {
  const derive = (purpose: string): string => hash(algorithm, `${secret}:${purpose}:`, "hex");
  const cacheKey = derive("cache");
  const scopeKey = derive("scope");
  const localKeyKey = derive("local-key");
  const keyIdKey = derive("key-id");
  let young = new Map<Scope, string>();
  let old = new Map<Scope, string>();
  const secretOf = (owner: Scope): string => {
    const known = young.get(owner) ?? old.get(owner);
    if (known !== undefined) return known;
    if (young.size >= ownersRemembered) {
      old = young;
      young = new Map();
    }
    const made = hash(algorithm, `${cacheKey}:${owner}:`, "hex");
    young.set(owner, made);
    return made;
  };
  return {
    // The key stands on both sides, so that nothing can be appended to a digest that somebody knows.
    digest: (owner, text) => {
      const secretOfOwner = secretOf(owner);
      return hash(longTextAlgorithm, secretOfOwner + text + secretOfOwner, "base64url");
    },
    ownerOfBalances: hash(longTextAlgorithm, `${cacheKey}owner of balances${cacheKey}`, "base64url"),
    scopeOf: (kind, text) => hash(algorithm, `${scopeKey}${kind}:${text}`, "base64url") as Scope,
    keyDigest: (key) => hash(algorithm, localKeyKey + key, "hex"),
    keyIdOf: (key) => `own_${hash(algorithm, keyIdKey + key, "hex").slice(0, 12)}`,
  };
}

/** Compares two digests or tokens in a time that does not depend on where they differ. */
export function sameSecret(first: string, second: string): boolean {
  // Lengths are no secret, but timingSafeEqual wants them equal; digests of both are.
  const left = hash("sha256", first, "buffer");
  const right = hash("sha256", second, "buffer");
  return timingSafeEqual(left, right);
}
