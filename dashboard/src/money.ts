import type { PicoText } from "../../src/spec/admin-api.ts";

/** A pico-dollar is 1e-12 USD. */
const picoPerUsd = 1_000_000_000_000n;
const picoPerCent = picoPerUsd / 100n;
const digitsMax = 12;

/**
 * Pico-dollars of the decimal digits that the API sends. All money on the page is computed on these whole numbers.
 * @throws RangeError for a text that is no whole number: a page that cannot read an amount must not show another one.
 */
export function parsePico(text: PicoText): bigint {
  if (!/^-?\d{1,40}$/.test(text)) throw new RangeError(`Not an amount in pico-dollars: ${text.slice(0, 50)}`);
  return BigInt(text);
}

/**
 * An amount for people: `$1,234.50`, `−$0.0312`, `$0.000123`. Two digits from a dollar up, four from a cent up, six below; rounded half
 * away from zero. What is too small for its digits is shown as `<$0.000001`, never as a zero that it is not.
 */
export function formatUsd(picoUsd: bigint, digits: number = defaultDigits(picoUsd)): string {
  const negative = picoUsd < 0n;
  const size = negative ? -picoUsd : picoUsd;
  const unit = 10n ** BigInt(digitsMax - digits);
  const units = (size + unit / 2n) / unit;
  if (units === 0n && size > 0n) return `${negative ? ">−" : "<"}$${unitsText(1n, digits)}`;
  return `${negative ? "−" : ""}$${unitsText(units, digits)}`;
}

/** As {@link formatUsd}, with a plus in front of what is more than nothing: for savings, which may be negative. */
export function formatSigned(picoUsd: bigint, digits?: number): string {
  return picoUsd > 0n ? `+${formatUsd(picoUsd, digits)}` : formatUsd(picoUsd, digits);
}

/** Digits that suit all amounts of a column, so that their points stand below each other: as many as its largest needs, and two more. */
export function digitsOf(column: readonly bigint[]): number {
  const largest = column.reduce((most, amount) => (abs(amount) > most ? abs(amount) : most), 0n);
  if (largest >= 100n * picoPerUsd) return 2;
  return largest >= picoPerCent ? 4 : 6;
}

function abs(picoUsd: bigint): bigint {
  return picoUsd < 0n ? -picoUsd : picoUsd;
}

/** Every digit: `$0.000123456789`. What rounding left out is never further away than this. */
export function formatExact(picoUsd: bigint): string {
  const size = abs(picoUsd);
  const text = unitsText(size, digitsMax).replace(/0{1,10}$/, "");
  return `${picoUsd < 0n ? "−" : ""}$${text}`;
}

/** One amount as a share of another, `12.3 %`; null where the whole is nothing. Rounded half away from zero. */
export function formatShare(part: bigint, whole: bigint): string | null {
  if (whole === 0n) return null;
  const negative = part < 0n !== whole < 0n;
  const size = (part < 0n ? -part : part) * 1000n;
  const base = whole < 0n ? -whole : whole;
  const perMille = (size + base / 2n) / base;
  const sign = negative && perMille > 0n ? "−" : "";
  return `${sign}${perMille / 10n}.${perMille % 10n} %`;
}

/** Dollars as a float, for the height of a mark on the screen and nothing else: it has lost digits. */
export function dollarsForPixels(picoUsd: bigint): number {
  return Number(picoUsd) / 1e12;
}

/** A tick of the chart's axis, where ticks are `step` dollars apart: `$0`, `$0.20`, `$1.2k`. */
export function formatTick(dollars: number, step: number): string {
  const size = Math.abs(dollars);
  const sign = dollars < 0 ? "−" : "";
  if (size < step / 2) return "$0";
  if (size >= 1e6) return `${sign}$${trim(size / 1e6)}M`;
  if (size >= 1e3) return `${sign}$${trim(size / 1e3)}k`;
  // Cents at least, where a step is less than a dollar.
  const digits = step >= 1 ? 0 : Math.max(2, Math.ceil(-Math.log10(step) - 1e-9));
  return `${sign}$${size.toFixed(Math.min(12, digits))}`;
}

function trim(size: number): string {
  return size.toFixed(2).replace(/\.?0+$/, "");
}

function defaultDigits(picoUsd: bigint): number {
  const size = abs(picoUsd);
  if (size === 0n || size >= picoPerUsd) return 2;
  return size >= picoPerCent ? 4 : 6;
}

function unitsText(units: bigint, digits: number): string {
  const text = units.toString().padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  return digits === 0 ? whole : `${whole}.${text.slice(-digits)}`;
}
