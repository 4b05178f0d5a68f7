import type { PicoUsd } from "./money.ts";

/**
 * Kinds of waste in order of precedence: a request counts in the first line that fits it, so the lines add up.
 * docs/guides/unit-economics.md says of each what it counts and how far that can be trusted.
 */
export const wasteNames = [
  "time-outs",
  "billed-failures",
  "aborted",
  "gateway-retries",
  "length-truncations",
  "client-retries",
] as const;

/** One of {@link wasteNames}. */
export type WasteName = (typeof wasteNames)[number];

/** Money of one kind that bought nothing. */
export interface WasteLine {
  readonly name: WasteName;
  readonly requests: number;
  readonly picoUsd: PicoUsd;
  /** Of the window's whole cost, 0 to 1. */
  readonly share: number;
  /** Requests that belong here and whose cost is not known: the amount lacks them. */
  readonly unpriced: number;
  readonly meaning: string;
  readonly nextStep: string;
}

/** What was paid for nothing in a window. The lines sum to the waste, and the waste is at most the cost. */
export interface Waste {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: number;
  readonly costPicoUsd: PicoUsd;
  readonly wastePicoUsd: PicoUsd;
  /** All of them, in order of precedence, empty ones too. */
  readonly lines: readonly WasteLine[];
  /** Waste that the ledger's rows cannot tell, and why. */
  readonly notKnown: readonly { readonly name: string; readonly why: string }[];
}
