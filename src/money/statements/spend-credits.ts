import type { PicoUsd } from "../../spec/money.ts";
import type { Credit } from "../prices/contract-data.ts";
import { dayMs, dayStartMs } from "../day-start.ts";
import { readUsd } from "../read-usd.ts";

/** What became of one credit in a period. */
export interface CreditUse {
  readonly id: string;
  readonly usedPicoUsd: PicoUsd;
  /** What the next period begins with, were it to hold then. */
  readonly leftPicoUsd: PicoUsd;
}

/** A credit under way. */
interface Purse {
  readonly id: string;
  /** Day numbers, the second exclusive; Infinity without an end. */
  readonly from: number;
  readonly to: number;
  usedPicoUsd: PicoUsd;
  leftPicoUsd: PicoUsd;
}

/**
 * Pays the charges of each day out of the credits that hold on it, the one that ends first before the others: no order
 * uses more of them. Charges by day number.
 * @param usedBefore Pico-dollars used of each credit before, by its id.
 */
export function spendCredits(
  credits: readonly Credit[],
  charges: ReadonlyMap<number, PicoUsd>,
  usedBefore: Readonly<Record<string, PicoUsd>>,
): readonly CreditUse[] {
  const purses = credits.map((credit): Purse => {
    const left = readUsd(credit.usd) - (usedBefore[credit.id] ?? 0n);
    return {
      id: credit.id,
      from: dayStartMs(credit.from) / dayMs,
      to: credit.to === undefined ? Infinity : dayStartMs(credit.to) / dayMs,
      usedPicoUsd: 0n,
      leftPicoUsd: left > 0n ? left : 0n,
    };
  });
  // Infinity less Infinity is no number, which a sort takes for equal.
  const soonestFirst = purses.toSorted((left, right) => left.to - right.to);
  for (const [day, charge] of [...charges].toSorted(([left], [right]) => left - right)) {
    let open = charge;
    for (const purse of soonestFirst) {
      if (day < purse.from || day >= purse.to) continue;
      const paid = open < purse.leftPicoUsd ? open : purse.leftPicoUsd;
      purse.leftPicoUsd -= paid;
      purse.usedPicoUsd += paid;
      open -= paid;
    }
  }
  return purses.map(({ id, usedPicoUsd, leftPicoUsd }) => ({ id, usedPicoUsd, leftPicoUsd }));
}
