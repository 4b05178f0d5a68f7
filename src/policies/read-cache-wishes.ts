import { type CacheControl, noCacheWishes } from "../spec/cache-control.ts";
import type { JsonValue } from "../spec/json.ts";
import { freshAnswer, millisecondsOf, nothingKept, readCacheDirectives, tightest } from "./read-cache-directives.ts";
import { cacheMemberOf, wishesOfMember } from "./read-cache-member.ts";

/** Longest namespace, with the names of those who gave a part of it. A longer one is kept out of the caches. */
const namespaceCharactersMax = 128;

/** One header as a wish: what it tightens, or a part of the namespace. */
type WishReader = (value: string) => CacheControl | { readonly namespace: string };

/**
 * The headers that say something about our caches, by name in lower case, with the pages that define them (read 2026-11-22). What
 * cannot be read is read carefully: as the wish for no cache.
 *
 * - RFC 9111, 5.2.1: `Cache-Control`.
 * - Cloudflare AI Gateway, "Caching": `cf-aig-skip-cache` goes past what is stored, `cf-aig-cache-ttl` is in seconds,
 *   `cf-aig-cache-key` names the entry. A key of the caller's would let it answer one question with the answer to another, so here it is
 *   a namespace beside our own key.
 * - Helicone, "LLM Caching": `Helicone-Cache-Enabled`, `Helicone-Cache-Seed` is a namespace; a `Helicone-Cache-Bucket-Max-Size` above
 *   1 asks for as many different answers, and one kept answer is not that.
 * - Portkey, "Cache", "Headers" and its clients: `x-portkey-cache` (`simple`, `semantic`), `x-portkey-cache-force-refresh`,
 *   `x-portkey-cache-namespace`.
 */
const readers: ReadonlyMap<string, WishReader> = new Map<string, WishReader>([
  ["cache-control", readCacheDirectives],
  ["cf-aig-skip-cache", (value) => (isOff(value) ? noCacheWishes : freshAnswer)],
  ["cf-aig-cache-ttl", readLife],
  ["cf-aig-cache-key", (value) => ({ namespace: value })],
  ["helicone-cache-enabled", (value) => (isOn(value) ? noCacheWishes : nothingKept)],
  ["helicone-cache-seed", (value) => ({ namespace: value })],
  ["helicone-cache-bucket-max-size", (value) => (value.trim() === "1" ? noCacheWishes : nothingKept)],
  ["x-portkey-cache", (value) => (isOn(value) || isMode(value) ? noCacheWishes : nothingKept)],
  ["x-portkey-cache-force-refresh", (value) => (isOff(value) ? noCacheWishes : freshAnswer)],
  ["x-portkey-cache-namespace", (value) => ({ namespace: value })],
]);

/** Names of the headers that {@link readCacheWishes} reads, in lower case. */
export const cacheWishHeaders: readonly string[] = [...readers.keys()];

/**
 * What a caller asks of the caches: the tightest of all that its headers and LiteLLM's `cache` member of its body say. Several
 * namespaces are one made of all. {@link noCacheWishes} itself where nothing is said.
 *
 * @param given names of {@link cacheWishHeaders} in lower case and values in turn; null: none.
 */
export function readCacheWishes(given: readonly string[] | null, member: JsonValue | undefined): CacheControl {
  let wishes = noCacheWishes;
  const namespaces: string[] = [];
  const headers = given ?? [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? "";
    const wish = readers.get(name)?.(headers[index + 1] ?? "") ?? noCacheWishes;
    if ("lookUp" in wish) wishes = tightest(wishes, wish);
    else if (wish.namespace !== "") namespaces.push(`${name}=${JSON.stringify(wish.namespace)}`);
  }
  const cache = cacheMemberOf(member);
  if (cache !== null) {
    wishes = tightest(wishes, wishesOfMember(cache));
    const { namespace = null } = cache;
    if (namespace !== null && namespace !== "") namespaces.push(`cache=${JSON.stringify(namespace)}`);
  }
  if (namespaces.length === 0) return wishes;
  const namespace = namespaces.toSorted().join(" ");
  // Cutting it would make one of two.
  return namespace.length > namespaceCharactersMax ? tightest(wishes, nothingKept) : { ...wishes, namespace };
}

function readLife(value: string): CacheControl {
  const ttlMsMax = millisecondsOf(value.trim());
  return ttlMsMax === null ? nothingKept : { ...noCacheWishes, ttlMsMax };
}

function isOn(value: string): boolean {
  const word = value.trim().toLowerCase();
  return word === "1" || word === "true";
}

function isOff(value: string): boolean {
  const word = value.trim().toLowerCase();
  return word === "0" || word === "false" || word === "";
}

function isMode(value: string): boolean {
  const word = value.trim().toLowerCase();
  return word === "simple" || word === "semantic";
}
