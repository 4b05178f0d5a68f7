/** Where a bar lies between 0 and 100, the width of its track. */
export interface SignedBar {
  readonly x: number;
  readonly width: number;
  readonly isNegative: boolean;
}

/** The least that can be seen of an amount that is not nothing. */
const widthMin = 0.75;
const scale = 10_000n;

/**
 * Bars from one common zero, losses to its left: `zero` is where it lies. The longest two sides fill the track, so that lengths can
 * be compared across signs.
 */
export function layOutBars(amounts: readonly bigint[]): { readonly zero: number; readonly bars: readonly SignedBar[] } {
  let least = 0n;
  let most = 0n;
  for (const amount of amounts) {
    if (amount < least) least = amount;
    if (amount > most) most = amount;
  }
  const span = most - least;
  if (span === 0n) return { zero: 0, bars: amounts.map(() => ({ x: 0, width: 0, isNegative: false })) };
  const partOf = (size: bigint): number => Number((size * 100n * scale) / span) / Number(scale);
  const zero = partOf(-least);
  return {
    zero,
    bars: amounts.map((amount) => {
      const isNegative = amount < 0n;
      const exact = partOf(isNegative ? -amount : amount);
      const width = amount === 0n ? 0 : Math.max(widthMin, exact);
      return { x: isNegative ? Math.max(0, zero - width) : Math.min(zero, 100 - width), width, isNegative };
    }),
  };
}
