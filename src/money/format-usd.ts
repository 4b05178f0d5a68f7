import { picoUsdPerUsd, type PicoUsd } from "../spec/money.ts";

const cent: PicoUsd = picoUsdPerUsd / 100n;
const digitsMax = 12;

/** How an amount is shown. */
export interface FormatUsdOptions {
  /** Digits after the point, 0 to 12. Default 2 from a dollar up, 4 from a cent up, 6 below. */
  readonly digits?: number;
}

/**
 * An amount for people: `$1,234.50`, `-$0.0312`. Rounded half away from zero; an amount too small for its digits is
 * shown as `<$0.000001` (`>-$0.000001` when negative), never as a zero that it is not. For exact text use `picoToDecimal`.
 */
export function formatUsd(picoUsd: PicoUsd, options: FormatUsdOptions = {}): string {
  const negative = picoUsd < 0n;
  const size = negative ? -picoUsd : picoUsd;
  const digits = clampDigits(options.digits ?? defaultDigits(size));
  const unit = 10n ** BigInt(digitsMax - digits);
  const units = (size + unit / 2n) / unit;
  if (units === 0n && size > 0n) return `${negative ? ">-" : "<"}$${unitsToText(1n, digits)}`;
  return `${negative ? "-" : ""}$${unitsToText(units, digits)}`;
}

function defaultDigits(size: PicoUsd): number {
  if (size === 0n || size >= picoUsdPerUsd) return 2;
  return size >= cent ? 4 : 6;
}

function clampDigits(digits: number): number {
  return Math.min(digitsMax, Math.max(0, Math.trunc(digits)));
}

function unitsToText(units: bigint, digits: number): string {
  const text = units.toString().padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  return digits === 0 ? whole : `${whole}.${text.slice(-digits)}`;
}
