import type { PicoUsd } from "./money.ts";

/** What unit economics can be told by: kinds of outcomes, or a claim of the requests. */
export const economicsDimensions = ["kind", "feature", "user", "session", "run", "step"] as const;

/** One of {@link economicsDimensions}. */
export type EconomicsDimension = (typeof economicsDimensions)[number];

/** Outcomes of one kind that happened in the window, and what was spent on them in it. */
export interface OutcomeLine {
  readonly kind: string;
  readonly outcomes: number;
  /** Of those, outcomes whose session or request has no spending in the window. */
  readonly unmatched: number;
  /** Sum of their weights. */
  readonly weight: number;
  readonly costPicoUsd: PicoUsd;
  /** Cost of a weight of 1, rounded down. */
  readonly costPerOutcomePicoUsd: PicoUsd;
  /** Outcomes that say what they are worth. */
  readonly valued: number;
  readonly valuePicoUsd: PicoUsd;
  /** Value minus cost of the outcomes that have a value; null where none has. */
  readonly marginPicoUsd: PicoUsd | null;
}

/** Requests of one value of a dimension. */
export interface EconomicsLine {
  readonly name: string;
  readonly requests: number;
  readonly costPicoUsd: PicoUsd;
  /** The part of it that led to an outcome of the window. */
  readonly joinedCostPicoUsd: PicoUsd;
  readonly unpriced: number;
}

/** One of the dearest runs, with its steps, dearest first. */
export interface DearRun {
  readonly run: string;
  readonly keyId: string;
  readonly requests: number;
  readonly costPicoUsd: PicoUsd;
  readonly steps: readonly { readonly step: string; readonly requests: number; readonly costPicoUsd: PicoUsd }[];
  /** Steps beyond the longest list, and their cost. */
  readonly stepsLeftOut: number;
  readonly leftOutCostPicoUsd: PicoUsd;
}

/** What was spent, and what for. Cost of all kinds + without an outcome = cost, exactly; so is the sum of the lines. */
export interface Economics {
  readonly fromMs: number;
  readonly toMs: number;
  readonly by: EconomicsDimension;
  readonly requests: number;
  readonly costPicoUsd: PicoUsd;
  readonly unpriced: number;
  /** Dearest first. */
  readonly kinds: readonly OutcomeLine[];
  readonly withoutOutcome: { readonly requests: number; readonly costPicoUsd: PicoUsd };
  /** Of the dimension, dearest first; empty for `kind`. */
  readonly lines: readonly EconomicsLine[];
  readonly linesLeftOut: { readonly groups: number; readonly requests: number; readonly costPicoUsd: PicoUsd };
  /** Values of the dimension that are named, and the mean cost of one, rounded down; null for `kind` or without any. */
  readonly perNamed: { readonly groups: number; readonly meanCostPicoUsd: PicoUsd } | null;
  readonly dearestRuns: readonly DearRun[];
  /** Cost as asked minus cost, of the seven days before the window's end. */
  readonly savedThisWeekPicoUsd: PicoUsd;
}
