import { type CacheControl, noCacheWishes } from "../spec/cache-control.ts";
import type { JsonObject, JsonValue } from "../spec/json.ts";
import { millisecondsOf, nothingKept, tightest } from "./read-cache-directives.ts";

/**
 * Members of LiteLLM's `cache` in a request body (docs.litellm.ai, "Caching", "Cache Controls", read 2026-11-22; times in seconds),
 * with what it spells differently in its own code (`s-max-age`) and its switch for caches that are off by default (`use-cache`).
 */
const members: ReadonlySet<string> = new Set([
  "no-cache",
  "no-store",
  "ttl",
  "s-maxage",
  "s-max-age",
  "namespace",
  "use-cache",
]);

/**
 * The member when it is LiteLLM's: an object of its members only. Null: it is somebody else's (a vendor's own `cache` with
 * a mode or a type in it), none of our business.
 */
export function cacheMemberOf(member: JsonValue | undefined): Readonly<JsonObject> | null {
  if (typeof member !== "object" || member === null || Array.isArray(member)) return null;
  return Object.keys(member).every((name) => members.has(name)) ? member : null;
}

/**
 * What a `cache` member wishes, but for its namespace. Of `no-cache` the page says that the answer is not stored, the code that it
 * is not looked up: here it means both. A time that is none is read carefully, as the wish for no cache.
 */
export function wishesOfMember(cache: Readonly<JsonObject>): CacheControl {
  const wishes: CacheControl[] = [];
  if (isWished(cache["no-cache"]) || isWished(cache["no-store"]) || cache["use-cache"] === false)
    wishes.push(nothingKept);
  for (const name of ["s-maxage", "s-max-age"]) {
    const maxAgeMs = secondsOf(cache[name]);
    if (maxAgeMs !== undefined) wishes.push(maxAgeMs === null ? nothingKept : { ...noCacheWishes, maxAgeMs });
  }
  const ttlMsMax = secondsOf(cache["ttl"]);
  if (ttlMsMax !== undefined) wishes.push(ttlMsMax === null ? nothingKept : { ...noCacheWishes, ttlMsMax });
  return wishes.reduce(tightest, noCacheWishes);
}

function isWished(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false;
}

/** Milliseconds; undefined where no time is given, null where what is given is none. */
function secondsOf(value: JsonValue | undefined): number | null | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" || typeof value === "string" ? millisecondsOf(String(value)) : null;
}
