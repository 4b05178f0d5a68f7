/** What is known of an entry when room has to be made. */
export interface EntryWorth {
  readonly bytes: number;
  readonly costPicoUsd: number;
  /** Hits as they counted at `hitAtMs`. */
  readonly hits: number;
  readonly hitAtMs: number;
}

/** A hit counts half after so long: a day, so that what is asked every day lasts and what was asked last week goes. */
const halfLifeMs = 86_400_000;

/** Hits as they count at a moment. */
export function decayedHits(hits: number, hitAtMs: number, nowMs: number): number {
  return hits * 2 ** (-Math.max(0, nowMs - hitAtMs) / halfLifeMs);
}

/**
 * What a byte of an entry is worth: decayed hits times what a repeat would cost, by its size (GreedyDual-Size-Frequency, Cherkasova 1998,
 * with decay in place of ageing). 0 for what was asked once only: that goes first.
 */
export function valueDensity({ bytes, costPicoUsd, hits, hitAtMs }: EntryWorth, nowMs: number): number {
  return (decayedHits(hits, hitAtMs, nowMs) * Math.max(1, costPicoUsd)) / bytes;
}
