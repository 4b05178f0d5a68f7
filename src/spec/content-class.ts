/** How fast an answer grows old: the class of its content decides how long it may be served. */
export const contentClasses = [
  "static",
  "summary",
  "classification",
  "corpus",
  "live",
  "creative",
  "changing",
  "unlabelled",
] as const;

/** One of {@link contentClasses}. */
export type ContentClass = (typeof contentClasses)[number];

/** How long answers of one class live, milliseconds. */
export interface ContentLife {
  /** Shortest and longest life that is sensible; a route's own `ttl` may not be longer. */
  readonly minMs: number;
  readonly maxMs: number;
  /** Life where the route names none. */
  readonly usualMs: number;
}

const minute = 60_000;
const hour = 3_600_000;

/** Lives by content class; null: never stored. The table of docs/reference/config.md is tested against this one. */
export const contentLives: Readonly<Record<ContentClass, ContentLife | null>> = {
  static: { minMs: 24 * hour, maxMs: 72 * hour, usualMs: 48 * hour },
  summary: { minMs: 6 * hour, maxMs: 12 * hour, usualMs: 12 * hour },
  classification: { minMs: 12 * hour, maxMs: 24 * hour, usualMs: 24 * hour },
  corpus: { minMs: 4 * hour, maxMs: 12 * hour, usualMs: 8 * hour },
  live: { minMs: 5 * minute, maxMs: 15 * minute, usualMs: 10 * minute },
  creative: null,
  changing: null,
  unlabelled: { minMs: 1_000, maxMs: 30 * 24 * hour, usualMs: hour },
};
