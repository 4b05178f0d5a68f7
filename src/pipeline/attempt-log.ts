import type { Attempt, AttemptLog } from "../spec/attempt.ts";

/** A new, empty log of calls; one for each request. Not bounded by itself: retry makes at most three calls. */
export function createAttemptLog(): AttemptLog {
  return new RequestAttempts();
}

class RequestAttempts implements AttemptLog {
  readonly entries: Attempt[] = [];

  append(attempt: Attempt): void {
    this.entries.push(attempt);
  }
}
