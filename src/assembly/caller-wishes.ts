import { cacheMemberOf } from "../policies/read-cache-member.ts";
import { cacheWishHeaders, readCacheWishes } from "../policies/read-cache-wishes.ts";
import type { CacheControl } from "../spec/cache-control.ts";
import type { ModelRequest } from "../spec/request.ts";

/** The headers by which callers say what they want of the caches, in lower case. */
export const wishHeaders: readonly string[] = cacheWishHeaders;

/** A request and what its caller asks of the caches with it. */
export interface CallerWishes {
  /** Without the member of the body that was for us: it changes no answer, so it is no part of any key. */
  readonly request: ModelRequest;
  readonly cacheControl: CacheControl;
  /** Members of the body that must not go upstream. Absent: none. */
  readonly leaveOut?: readonly string[];
}

const cacheMember: readonly string[] = ["cache"];

/**
 * Reads the wishes of a call from its headers (names of {@link wishHeaders} and values in turn; null: none) and from LiteLLM's
 * `cache` in its body. None of the six dialects has a member of that name (their references, read 2026-11-22); one that is
 * not LiteLLM's stays and goes upstream. The body of a resource call is not looked at.
 */
export function takeWishes(headers: readonly string[] | null, request: ModelRequest): CallerWishes {
  const member = request.resource === undefined ? request.rest["cache"] : undefined;
  const cacheControl = readCacheWishes(headers, member);
  if (cacheMemberOf(member) === null) return { request, cacheControl };
  const rest = { ...request.rest };
  delete rest["cache"];
  return { request: { ...request, rest }, cacheControl, leaveOut: cacheMember };
}
