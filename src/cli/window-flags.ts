import { readDuration } from "../assembly/operation.ts";
import { CommandFailure, exitCodes } from "./exit-codes.ts";

/**
 * The window that `--last` names, up to now.
 * @throws CommandFailure for a text that is no duration.
 */
export function windowOf(last: string, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  const lastMs = readDuration(last);
  if (lastMs === null || lastMs === 0) {
    throw new CommandFailure(exitCodes.usage, "--last takes a duration with its unit, such as 24h, 7d or 30d.");
  }
  return { fromMs: nowMs - lastMs, toMs: nowMs };
}

/** A document as one line of JSON; every amount is a decimal string of pico-dollars (1e-12 USD). */
export function amountsAsText(document: object): string {
  return JSON.stringify(document, (_name, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** Names with commas between, as `--by` takes them. */
export function namesIn(text: string): readonly string[] {
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
