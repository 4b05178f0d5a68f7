import { hash, timingSafeEqual } from "node:crypto";
import type { Scope } from "../../spec/caller.ts";
import type { Digest } from "../../spec/ports.ts";

/** Every keyed digest the engine needs. Each has a key of its own, derived from the data directory's secret. */
export interface KeyedDigests {
  /** Keys of caches: HMAC-SHA-256, 43 characters; each owner has a secret of its own. */
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
/** Bytes of its block, and of the key that fills it: 64 hex digits. */
const blockBytes = 64;

/** Owners whose secrets are kept at hand, in one generation; two are kept. */
const ownersRemembered = 5_000;

/** Digests under `secret` (hex, at least 32 bytes). */
export function createKeyedDigests(secret: string): KeyedDigests {
  const derive = (purpose: string): string => hash(algorithm, `${secret}:${purpose}:`, "hex");
  const cacheKey = derive("cache");
  const scopeKey = derive("scope");
  const localKeyKey = derive("local-key");
  const keyIdKey = derive("key-id");
  let young = new Map<Scope, HmacKey>();
  let old = new Map<Scope, HmacKey>();
  const keyOf = (owner: Scope): HmacKey => {
    const known = young.get(owner) ?? old.get(owner);
    if (known !== undefined) return known;
    if (young.size >= ownersRemembered) {
      old = young;
      young = new Map();
    }
    const made = hmacKeyOf(hash(algorithm, `${cacheKey}:${owner}:`, "hex"));
    young.set(owner, made);
    return made;
  };
  return {
    digest: (owner, text) => hmac(keyOf(owner), text),
    ownerOfBalances: hash(longTextAlgorithm, `${cacheKey}owner of balances${cacheKey}`, "base64url"),
    scopeOf: (kind, text) => hash(algorithm, `${scopeKey}${kind}:${text}`, "base64url") as Scope,
    keyDigest: (key) => hash(algorithm, localKeyKey + key, "hex"),
    keyIdOf: (key) => `own_${hash(algorithm, keyIdKey + key, "hex").slice(0, 12)}`,
  };
}

/** A key of HMAC (RFC 2104), padded for both of its hashes. */
interface HmacKey {
  readonly inner: string;
  /** Room for the inner hash behind it; written anew each time. */
  readonly outer: Buffer;
}

/** @param key exactly as long as a block, of ASCII: so is what the pads (0x36, 0x5c) make of it, and text may follow it as text. */
function hmacKeyOf(key: string): HmacKey {
  const padded = (pad: number): Buffer => Buffer.from(key, "latin1").map((byte) => byte ^ pad) as Buffer;
  const outer = Buffer.alloc(blockBytes + 32);
  outer.set(padded(0x5c));
  return { inner: padded(0x36).toString("latin1"), outer };
}

/** In two calls over texts of one piece: createHmac costs half as much again. */
function hmac({ inner, outer }: HmacKey, text: string): string {
  outer.write(hash(longTextAlgorithm, inner + text, "hex"), blockBytes, "hex");
  return hash(longTextAlgorithm, outer, "base64url");
}

/** Compares two digests or tokens in a time that does not depend on where they differ. */
export function sameSecret(first: string, second: string): boolean {
  // Lengths are no secret, but timingSafeEqual wants them equal; digests of both are.
  const left = hash("sha256", first, "buffer");
  const right = hash("sha256", second, "buffer");
  return timingSafeEqual(left, right);
}
