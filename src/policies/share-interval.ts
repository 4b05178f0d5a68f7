/** Two-sided 95 %. */
const z = 1.959_964;

/**
 * Where a share truly lies, with 95 % certainty, when `hits` of `trials` were seen (Wilson 1927, score interval: unlike
 * the usual one it is right for shares near 0 and for few trials).
 *
 * @returns lower and upper end, 0 to 1; of no trials the whole range.
 */
export function shareInterval(hits: number, trials: number): readonly [number, number] {
  if (trials <= 0) return [0, 1];
  const share = hits / trials;
  const weight = (z * z) / trials;
  const middle = (share + weight / 2) / (1 + weight);
  const half = (z * Math.sqrt((share * (1 - share) + weight / 4) / trials)) / (1 + weight);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
