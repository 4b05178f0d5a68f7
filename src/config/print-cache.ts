import type { CacheSettings } from "../spec/config.ts";
import type { JsonObject } from "../spec/json.ts";
import type { ExactCachePolicy } from "../spec/route.ts";
import { formatDuration } from "./parse-duration.ts";
import { formatSize } from "./parse-size.ts";
import { printUsd } from "./parse-usd.ts";

/** A route's cache as the file would say it. */
export function describeRouteCache(cache: ExactCachePolicy): JsonObject {
  return {
    enabled: cache.enabled,
    contentClass: cache.contentClass,
    // A class that is never stored has no life to name.
    ...(cache.ttlMs === 0 ? {} : { ttl: formatDuration(cache.ttlMs) }),
    staleFor: formatDuration(cache.staleMs),
    refusalTtl: formatDuration(cache.refusalMs),
    entryBytesMax: formatSize(cache.entryBytesMax),
    isolation: cache.isolation,
    normalised: cache.normalised,
    acrossDialects: cache.acrossDialects,
    pureTools: [...cache.pureTools],
    variety: cache.variety,
    usefulShareMin: cache.usefulShareMin,
  };
}

/** Where answers are kept, as the file would say it. `hidden` stands for the address, which may hold a password. */
export function describeCache(cache: CacheSettings, hidden: string): JsonObject {
  return {
    store: cache.store,
    memory: formatSize(cache.memoryBytesMax),
    bytesMax: formatSize(cache.bytesMax),
    ...(cache.url === null ? {} : { url: hidden }),
    prefix: cache.prefix,
    waitMax: formatDuration(cache.waitMsMax),
    cpuHourUsd: printUsd(cache.cpuHourPicoUsd),
  };
}
