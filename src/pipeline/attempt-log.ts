import type { Attempt, AttemptLog } from "../spec/attempt.ts";

/** A new, empty log of calls; one for each request. Not bounded by itself: retry makes at most three calls. */
export function createAttemptLog(): AttemptLog {
  const entries: Attempt[] = [];
  return {
    append(attempt) {
      entries.push(attempt);
    },
    entries,
  };
}
