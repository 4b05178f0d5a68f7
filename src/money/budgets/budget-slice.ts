import type { BudgetMeasure, BudgetWindow, Spend } from "../../spec/budget.ts";
import { endOfUnit, startOfUnit } from "../../kit/zoned-time.ts";

/** Slices that a sliding window is long. It overlaps one more: the oldest counts while any part of it does. */
const slicesPerWindow = 60;

/** The part of a budget's time that a moment lies in. */
export interface BudgetSlice {
  /** Start and end of the window, or of the slice of a sliding one; milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  /** Slices from this one on count against the limit. */
  readonly windowStartMs: number;
  /** When all that is spent now will have stopped counting. */
  readonly resetsAtMs: number;
}

/**
 * The slice of a moment. A sliding window of the last hour is 60 slices of a minute; what was spent counts from its slice's
 * begin until its slice has wholly left the window: up to one slice too long, never too short.
 */
export function sliceAt(window: BudgetWindow, atMs: number): BudgetSlice {
  if (window.kind === "calendar") {
    const startMs = startOfUnit(atMs, window.unit, window.zone);
    const endMs = endOfUnit(atMs, window.unit, window.zone);
    return { startMs, endMs, windowStartMs: startMs, resetsAtMs: endMs };
  }
  const sliceMs = Math.ceil(window.lengthMs / slicesPerWindow);
  const startMs = Math.floor(atMs / sliceMs) * sliceMs;
  const windowStartMs = Math.floor((startMs - window.lengthMs) / sliceMs) * sliceMs;
  const endMs = startMs + sliceMs;
  return { startMs, endMs, windowStartMs, resetsAtMs: endMs + window.lengthMs };
}

/** What a call counts for in a budget's measure: its money, its tokens, or one request. */
export function amountOf(measure: BudgetMeasure, spend: Spend): bigint {
  if (measure === "requests") return 1n;
  return measure === "usd" ? spend.picoUsd : spend.tokens;
}
