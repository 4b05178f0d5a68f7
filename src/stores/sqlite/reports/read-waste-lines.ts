import type { WasteName } from "../../../spec/waste.ts";

/** What telling waste needs of a request. Amounts are null where no price is known. */
export interface WasteFacts {
  readonly outcome: string;
  readonly lastAttemptOutcome: string | null;
  readonly finishReason: string | null;
  readonly attemptCount: number;
  readonly costPicoUsd: bigint | null;
  /** Of all calls but the last. */
  readonly earlierPicoUsd: bigint | null;
}

/** Which part of a request's cost bought nothing, and why. */
export interface WasteVerdict {
  readonly name: WasteName;
  /** Null where it is not known. */
  readonly picoUsd: bigint | null;
}

/**
 * The kind of waste a request is by itself, or null. What cost nothing is no waste; what cost an unknown amount is.
 * `client-retries` is no property of one row: see {@link RepeatWatch}.
 */
export function wasteOf(facts: WasteFacts): WasteVerdict | null {
  const whole = (name: WasteName): WasteVerdict | null => verdict(name, facts.costPicoUsd);
  if (facts.outcome === "aborted") return whole("aborted");
  if (facts.outcome !== "ok") return whole(facts.lastAttemptOutcome === "timeout" ? "time-outs" : "billed-failures");
  if (facts.attemptCount > 1) {
    const earlier = verdict("gateway-retries", facts.earlierPicoUsd);
    if (earlier !== null) return earlier;
  }
  return facts.finishReason === "length" ? whole("length-truncations") : null;
}

function verdict(name: WasteName, picoUsd: bigint | null): WasteVerdict | null {
  return picoUsd !== null && picoUsd <= 0n ? null : { name, picoUsd };
}

/** An answered request that a later one may turn out to repeat. */
export interface AnsweredRequest {
  readonly id: bigint;
  readonly arrivedAtMs: number;
  /** Everything that a repeat has in common with what it repeats. */
  readonly likeness: string;
  /** What it counts as already. */
  readonly verdict: WasteVerdict | null;
  readonly costPicoUsd: bigint | null;
}

/** Official clients wait up to a minute between tries; the answer that they gave up on may have taken ten. */
const repeatMsMax = 900_000;
/** Answered requests remembered, some 200 bytes each; the oldest are forgotten first. */
const rememberedMax = 500_000;

/**
 * Finds answered requests that their client sent again all the same, because the answer never reached it. A row holds no text,
 * so likeness is the proxy: key, model, claims and size of the prompt, answered within the quarter of an hour before.
 */
export class RepeatWatch {
  readonly #answered: Map<string, AnsweredRequest> = new Map();

  /** @returns the answered request that this one, a repeat by its client's own count, repeats; each at most once. */
  repeatOf(likeness: string, arrivedAtMs: number): AnsweredRequest | null {
    const found = this.#answered.get(likeness);
    if (found === undefined || arrivedAtMs - found.arrivedAtMs > repeatMsMax) return null;
    this.#answered.delete(likeness);
    return found;
  }

  remember(request: AnsweredRequest): void {
    this.#answered.delete(request.likeness);
    this.#answered.set(request.likeness, request);
    const [oldest] = this.#answered;
    if (oldest === undefined) return;
    const isStale = request.arrivedAtMs - oldest[1].arrivedAtMs > repeatMsMax;
    if (isStale || this.#answered.size > rememberedMax) this.#answered.delete(oldest[0]);
  }
}
