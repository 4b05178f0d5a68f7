import { createHash } from "node:crypto";
import type { CacheScope } from "../spec/cache-scope.ts";
import type { Scope } from "../spec/caller.ts";

/** Characters of a digest: 132 bits of SHA-256, so that no two meet; any text fits, and no server is shown one. */
export const answerDigestLength = 22;

/** Digest of an owner, as it stands in the names and rows of shared stores. */
export function ownerDigest(owner: Scope): string {
  return digest("owner", owner);
}

/** Digest of an entry's place within its owner. */
export function placeDigest({ partition }: CacheScope, key: string): string {
  return digest("place", partition, key);
}

/** Digest of a tag, whose epoch stands under it. */
export function tagDigest(tag: string): string {
  return digest("tag", tag);
}

/** Digest of a key as if it were a tag: every entry has it, so that a purge by key reaches one on its way. */
export function keyDigest(key: string): string {
  return digest("key", key);
}

function digest(...words: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(words)).digest("base64url").slice(0, answerDigestLength);
}
