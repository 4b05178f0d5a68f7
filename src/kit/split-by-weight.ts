/**
 * Divides a whole number by weights so that the parts sum to it exactly: each gets its share rounded towards zero, and what is
 * left over goes, one by one, to those whose share was cut most (largest remainder, also known as Hamilton's method), the earlier
 * of equals first.
 * @param total signed.
 * @param weights 0 or more, at least one above 0.
 * @throws RangeError for no weights, a negative one, or a sum of 0.
 */
export function splitByWeight(total: bigint, weights: readonly bigint[]): readonly bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n);
  if (sum <= 0n || weights.some((weight) => weight < 0n))
    throw new RangeError("Weights must be 0 or more, one above 0.");
  const sign = total < 0n ? -1n : 1n;
  const size = total * sign;
  const shares = weights.map((weight, index) => {
    const exact = size * weight;
    return { index, part: exact / sum, remainder: exact % sum };
  });
  let left = Number(size - shares.reduce((all, { part }) => all + part, 0n));
  const parts = shares.map(({ part }) => part * sign);
  const mostCut = shares.toSorted((one, other) => {
    if (one.remainder === other.remainder) return one.index - other.index;
    return one.remainder > other.remainder ? -1 : 1;
  });
  for (const { index } of mostCut) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0n) + sign;
    left -= 1;
  }
  return parts;
}
