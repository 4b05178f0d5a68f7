/** Time, from outside: pure rooms and stages never ask the machine. */
export interface Clock {
  /** Wall time in milliseconds since the epoch, for records and prices. May jump. */
  nowMs(): number;
  /** Monotonic time in microseconds from an arbitrary start, for durations and deadlines. */
  monotonicUs(): number;
  /** Calls `run` once after `delayMs` (0 to 2^31-1). Returns a function that cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

/** Randomness, from outside: a number in [0, 1). */
export type Random = () => number;
