import type { SQLOutputValue } from "node:sqlite";
import type { PicoUsd } from "../../spec/money.ts";

/** Amounts are summed as quotient and remainder of this: a sum of pico-dollars in 64 bits would end at $9.2 million. */
const split = 1_000_000_000n;

/** SQL of the columns whose values {@link exactSumOf} puts together. */
export function exactSum(expression: string, name: string): string {
  return `coalesce(sum((${expression}) / ${split}), 0) AS ${name}_quotient, coalesce(sum((${expression}) % ${split}), 0) AS ${name}_remainder`;
}

/** The sum that a row read with `readBigInts` holds under this name. */
export function exactSumOf(row: Readonly<Record<string, SQLOutputValue>>, name: string): PicoUsd {
  return (row[`${name}_quotient`] as bigint) * split + (row[`${name}_remainder`] as bigint);
}
