import type { CacheScope } from "../../spec/cache-scope.ts";
import { ownerDigest, placeDigest } from "../answer-digests.ts";

/** What stands before all names of a store. The braces are a hash tag: in a cluster, scripts find all of one store in one slot. */
export function baseOf(prefix: string): string {
  return `{${prefix}}:`;
}

/** Id of an entry: its owner, then its place within. */
export function entryId(scope: CacheScope, key: string): string {
  return `${ownerDigest(scope.owner)}:${placeDigest(scope, key)}`;
}

/** Pattern of all names that begin so, for SCAN. */
export function patternOf(beginning: string): string {
  return `${beginning.replace(/[*?[\]\\^-]/g, "\\$&")}*`;
}
