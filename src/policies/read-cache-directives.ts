import { type CacheControl, noCacheWishes } from "../spec/cache-control.ts";

/** A directive and its value, quoted or not (RFC 9111, 5.2; RFC 9110, 5.6.2 and 5.6.4). */
const directive = /([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g;
const digits = /^\d+$/;
/** Longer times mean "ever" (RFC 9111, 1.2.2). */
const secondsMax = 2_147_483_648;

/**
 * Reads a request's `Cache-Control` (RFC 9111, 5.2.1): `no-store`, `no-cache`, `max-age` and `min-fresh`, both in seconds. A time
 * that is none is read carefully: as the wish for a fresh answer. `max-stale` would widen and does nothing; neither do
 * `only-if-cached`, `no-transform` and what is not known.
 */
export function readCacheDirectives(text: string): CacheControl {
  let wishes = noCacheWishes;
  for (const [, name = "", quoted, plain] of text.toLowerCase().matchAll(directive)) {
    wishes = tightest(wishes, wishesOf(name, quoted ?? plain ?? ""));
  }
  return wishes;
}

function wishesOf(name: string, value: string): CacheControl {
  switch (name) {
    case "no-store":
      return nothingKept;
    case "no-cache":
      return freshAnswer;
    case "max-age": {
      const maxAgeMs = millisecondsOf(value);
      return maxAgeMs === null ? freshAnswer : { ...noCacheWishes, maxAgeMs };
    }
    case "min-fresh": {
      const minFreshMs = millisecondsOf(value);
      return minFreshMs === null ? freshAnswer : { ...noCacheWishes, minFreshMs };
    }
    default:
      return noCacheWishes;
  }
}

/** Nothing of the request is kept, nothing kept is given. */
export const nothingKept: CacheControl = { ...noCacheWishes, lookUp: false, store: false };

/** A fresh answer is wanted; others may be given it later. */
export const freshAnswer: CacheControl = { ...noCacheWishes, lookUp: false };

/** Whole seconds as milliseconds; null where the text is no whole number. */
export function millisecondsOf(text: string): number | null {
  return digits.test(text) ? Math.min(secondsMax, Number(text)) * 1_000 : null;
}

/** Both wishes at once. Namespaces do not come in here: the first one's stays. */
export function tightest(one: CacheControl, other: CacheControl): CacheControl {
  if (other === noCacheWishes) return one;
  return {
    lookUp: one.lookUp && other.lookUp,
    store: one.store && other.store,
    maxAgeMs: smaller(one.maxAgeMs, other.maxAgeMs),
    minFreshMs: one.minFreshMs === null ? other.minFreshMs : Math.max(one.minFreshMs, other.minFreshMs ?? 0),
    ttlMsMax: smaller(one.ttlMsMax, other.ttlMsMax),
    namespace: one.namespace,
  };
}

function smaller(one: number | null, other: number | null): number | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
