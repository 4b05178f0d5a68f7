import type { PicoUsd } from "../../src/spec/money.ts";

/** A factor of a term: a plain number, or a power of ten as price pages write "a million". */
const number = /^(\d+)(?:\.(\d+))?(?:e(\d+))?$/;

/**
 * What a working comes to, in pico-dollars: `1200*3/1e6 + 800*0.3/1e6` is 1,200 tokens at $3 a million and 800 at $0.30.
 * Sums and differences of products; exact, in integers, and by nothing of what it judges.
 * @throws RangeError for anything else, and for an amount that is no whole number of pico-dollars.
 */
export function workedPicoUsd(working: string): PicoUsd {
  let times = 0n;
  let parts = 1n;
  for (const [, sign, term] of `+${working.replaceAll(" ", "")}`.matchAll(/([+-])([^+-]*)/g)) {
    const [above, below] = fractionOf(term ?? "", working);
    times = times * below + (sign === "-" ? -above : above) * parts;
    parts *= below;
  }
  const amount = times * 10n ** 12n;
  if (amount % parts !== 0n) throw new RangeError(`no whole number of pico-dollars: ${working}`);
  return amount / parts;
}

function fractionOf(term: string, working: string): readonly [bigint, bigint] {
  let above = 1n;
  let below = 1n;
  for (const [, operator, factor] of `*${term}`.matchAll(/([*/])([^*/]*)/g)) {
    const read = number.exec(factor ?? "");
    if (read === null) throw new RangeError(`no working: ${working}`);
    const [, whole = "", fraction = "", power = "0"] = read;
    const digits = BigInt(whole + fraction) * 10n ** BigInt(power);
    const scale = 10n ** BigInt(fraction.length);
    above *= operator === "*" ? digits : scale;
    below *= operator === "*" ? scale : digits;
  }
  return [above, below];
}
