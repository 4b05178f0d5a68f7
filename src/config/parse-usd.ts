const picoDigits = 12;
const plainDecimal = /^(0|[1-9]\d{0,11})(?:\.(\d{1,12}))?$/;

/** Pico-dollars of an amount such as `500`, `500.00` or `0.05` in USD, below a trillion; null when the text is none. */
export function parseUsd(text: string): bigint | null {
  const parts = plainDecimal.exec(text);
  if (parts === null) return null;
  return BigInt((parts[1] ?? "") + (parts[2] ?? "").padEnd(picoDigits, "0"));
}

/** Text of an amount of pico-dollars, 0 or more, that reads back as the same. */
export function printUsd(picoUsd: bigint): string {
  const digits = picoUsd.toString().padStart(picoDigits + 1, "0");
  const fraction = digits.slice(-picoDigits).replace(/0+$/, "");
  return digits.slice(0, -picoDigits) + (fraction === "" ? "" : `.${fraction}`);
}
