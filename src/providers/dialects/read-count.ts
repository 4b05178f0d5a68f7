import type { JsonValue } from "../../spec/json.ts";

/**
 * Reads one count of tokens or calls: the number, 0 for an absent or null field, and NaN for nonsense (negative,
 * fractional, beyond 2^53-1, text). NaN spoils every sum it enters, so one check at the end finds any nonsense.
 */
export function countOf(value: JsonValue | undefined): number {
  if (value === undefined || value === null) return 0;
  // Adding 0 turns -0 into 0.
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value + 0 : Number.NaN;
}

/** True when the field was given. */
export function isGiven(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null;
}
