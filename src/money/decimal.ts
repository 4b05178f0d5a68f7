import { picoUsdPerUsd, type PicoUsd } from "../spec/money.ts";

/** Digits after the point in one pico-dollar. */
const picoDigits = 12;
/** USD per million tokens has six digits less to give: 0.000001 USD per million is one pico-dollar a token. */
const pricePerMillionDigits = 6;

/** Plain decimals only, no sign, no exponent, bounded in length so that a config file cannot ask for endless digits. */
const plainDecimal = /^(0|[1-9]\d{0,17})(?:\.(\d{1,18}))?$/;

/** A plain decimal times 10^`digits` as a whole number; null when it is malformed or does not come out whole. */
function scaleDecimal(text: string, digits: number): bigint | null {
  const parts = plainDecimal.exec(text);
  if (parts === null) return null;
  const fraction = (parts[2] ?? "").replace(/0+$/, "");
  if (fraction.length > digits) return null;
  return BigInt((parts[1] ?? "") + fraction.padEnd(digits, "0"));
}

/** Reads an amount like `0.01` in USD. Null unless it is a plain decimal that is a whole number of pico-dollars. */
export function usdToPico(text: string): PicoUsd | null {
  return scaleDecimal(text, picoDigits);
}

/**
 * Reads a price like `2.50` in USD per million tokens as pico-dollars a token. Null unless it is a plain decimal that
 * comes out whole: no published price needs a fraction of a pico-dollar, so one that does is a mistake in the data.
 */
export function usdPerMillionToPico(text: string): PicoUsd | null {
  return scaleDecimal(text, pricePerMillionDigits);
}

/** Basis points (hundredths of a percent) in the whole. */
export const basisPointsInAll = 10_000n;

/** The dearest anything may become by one percentage: a hundredfold. */
const percentMax = 10_000;

/** A percentage like 87.5 as basis points. Null unless it is from 0 to 10,000 with at most two digits after the point. */
export function percentToBasisPoints(percent: number): bigint | null {
  return percent >= 0 && percent <= percentMax ? scaleDecimal(String(percent), 2) : null;
}

/** A count as a fraction: `digits / parts`, both whole. */
export interface DecimalCount {
  readonly digits: bigint;
  /** A power of ten. */
  readonly parts: bigint;
}

/** How a number prints: plain, or with an exponent when it is very small or very large. */
const printedNumber = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/**
 * A count like 12.5 as the decimal that it prints as, which is the one a provider wrote. Null unless it is from 0 to
 * 2^53-1 and not finer than 10^-18.
 */
export function countToDecimal(count: number): DecimalCount | null {
  if (!(count >= 0 && count <= Number.MAX_SAFE_INTEGER)) return null;
  const parts = printedNumber.exec(String(count));
  if (parts === null) return null;
  const fraction = parts[2] ?? "";
  const finest = fraction.length - Number(parts[3] ?? "0");
  if (finest > 18) return null;
  return { digits: BigInt((parts[1] ?? "") + fraction), parts: 10n ** BigInt(finest) };
}

/** An amount in USD as an exact decimal without trailing zeros: 2,500,000 pico-dollars is `0.0000025`. */
export function picoToDecimal(picoUsd: PicoUsd): string {
  // Nearly every amount of one request: a fraction of a dollar, exact as a number too.
  if (picoUsd > 0n && picoUsd < picoUsdPerUsd) {
    return `0.${Number(picoUsd).toString().padStart(picoDigits, "0").replace(/0+$/, "")}`;
  }
  const size = picoUsd < 0n ? -picoUsd : picoUsd;
  const fraction = (size % picoUsdPerUsd).toString().padStart(picoDigits, "0").replace(/0+$/, "");
  const text = fraction === "" ? `${size / picoUsdPerUsd}` : `${size / picoUsdPerUsd}.${fraction}`;
  return picoUsd < 0n ? `-${text}` : text;
}
