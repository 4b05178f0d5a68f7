function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Where a value differs in shape from a vendor's documented example: other keys, another type of
 * a leaf. Lists are compared by their first elements. Null where there is no difference.
 */
export function shapeDifference(actual: unknown, documented: unknown, at = "$"): string | null {
  if (Array.isArray(documented)) {
    if (!Array.isArray(actual)) return `${at} is no list`;
    if (documented.length === 0 || actual.length === 0) {
      return documented.length === actual.length ? null : `${at} has ${actual.length} elements`;
    }
    return shapeDifference(actual[0], documented[0], `${at}[0]`);
  }
  if (!isPlain(documented)) {
    return typeof actual === typeof documented && (actual === null) === (documented === null)
      ? null
      : `${at} is ${JSON.stringify(actual)}, documented as ${JSON.stringify(documented)}`;
  }
  if (!isPlain(actual)) return `${at} is no object`;
  const keys = [Object.keys(actual).toSorted().join(), Object.keys(documented).toSorted().join()];
  if (keys[0] !== keys[1]) return `${at} has ${keys[0]}, documented are ${keys[1]}`;
  for (const [key, value] of Object.entries(documented)) {
    const difference = shapeDifference(actual[key], value, `${at}.${key}`);
    if (difference !== null) return difference;
  }
  return null;
}
