import type { DialectName } from "../spec/request.ts";
import type { Endpoint } from "../spec/target.ts";

/**
 * The endpoint that answers a dialect when nothing says otherwise: the first whose own dialect it is, else the first that
 * speaks it too. So a vendor that imitates another's API never takes that vendor's traffic, nor its callers' keys, while
 * the vendor itself is configured. Null when nobody speaks it.
 */
export function firstSpeaker(endpoints: readonly Endpoint[], dialect: DialectName): Endpoint | null {
  const own = endpoints.find(({ dialects }) => dialects[0] === dialect);
  return own ?? endpoints.find(({ dialects }) => dialects.includes(dialect)) ?? null;
}
