/** What was done to the code, one word an operator. */
export const operators = [
  "arithmetic",
  "comparison",
  "condition",
  "dropped-term",
  "off-by-one",
  "swapped-class",
  "flipped-flag",
] as const;

/** One of {@link operators}. */
export type Operator = (typeof operators)[number];

/** One small planted mistake: the text from `start` to `end` of a file gives way to `text`. */
export interface Mutant {
  /** Path from the repository's root. */
  readonly file: string;
  readonly line: number;
  /** The line that it begins in, without the blanks around it. */
  readonly code: string;
  readonly operator: Operator;
  readonly start: number;
  readonly end: number;
  /** What stands there. */
  readonly original: string;
  readonly text: string;
}

/** What became of one: some test noticed it, none did, or it ran into the time limit, which counts as noticed. */
export type Fate = "killed" | "survived" | "timed-out";
