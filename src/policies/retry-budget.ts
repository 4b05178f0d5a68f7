/** What every first call to an endpoint adds: one retry for ten calls, so that an outage is not multiplied. */
const earnedPerCall = 0.1;
/** Retries at hand from the start, so that a quiet endpoint can be retried at all. */
const startTokens = 20;
const tokensMax = 200;
/** Endpoints remembered; a config names a handful. */
const endpointsMax = 1_024;

/**
 * How many repeats an endpoint has to bear: a tenth of its calls, with a small stock. Calls to a target that was not
 * called yet for the same request are not repeats and cost nothing.
 */
export class RetryBudget {
  readonly #tokens = new Map<string, number>();

  /** Counts a first call. */
  earn(endpointId: string): void {
    const tokens = this.#tokens.get(endpointId);
    if (tokens === undefined && this.#tokens.size >= endpointsMax) return;
    this.#tokens.set(endpointId, Math.min(tokensMax, (tokens ?? startTokens) + earnedPerCall));
  }

  /** Takes one repeat; false when there is none left. */
  spend(endpointId: string): boolean {
    const tokens = this.#tokens.get(endpointId) ?? 0;
    if (tokens < 1) return false;
    this.#tokens.set(endpointId, tokens - 1);
    return true;
  }
}
