/** Failures in a row after which a store is left alone. */
const failuresMax = 5;
/** It is tried again after a second, then after twice as long each time, at most half a minute. */
const backOffMsMin = 1_000;
const backOffMsMax = 30_000;

/** What a call may do: `go`; `probe`: try out the store beside the request, which does without; `skip`. */
export type Admission = "go" | "probe" | "skip";

/**
 * Leaves a store alone that fails or is slow: closed, after five failures in a row open, then one probe at a time until
 * one succeeds. Knows no clock; results of calls from before it last opened or closed count no more.
 */
export class StoreBreaker {
  #failures = 0;
  #openUntilMs: number | null = null;
  #backOffMs = backOffMsMin;
  #isProbing = false;
  #turn = 0;

  get isOpen(): boolean {
    return this.#openUntilMs !== null;
  }

  /** Changes whenever it opens or closes; a call shows the one it began with. */
  get turn(): number {
    return this.#turn;
  }

  /** @param nowMs of a clock that never jumps back. */
  admit(nowMs: number): Admission {
    if (this.#openUntilMs === null) return "go";
    if (this.#isProbing || nowMs < this.#openUntilMs) return "skip";
    this.#isProbing = true;
    return "probe";
  }

  /** @returns true when this result opened it, again or for the first time. */
  note(succeeded: boolean, turn: number, nowMs: number): boolean {
    if (turn !== this.#turn) return false;
    if (succeeded) {
      this.#failures = 0;
      if (this.#openUntilMs !== null) this.#close();
      return false;
    }
    if (this.#openUntilMs === null && ++this.#failures < failuresMax) return false;
    this.#open(nowMs);
    return true;
  }

  #open(nowMs: number): void {
    if (this.#openUntilMs !== null) this.#backOffMs = Math.min(backOffMsMax, 2 * this.#backOffMs);
    this.#openUntilMs = nowMs + this.#backOffMs;
    this.#isProbing = false;
    this.#turn++;
  }

  #close(): void {
    this.#openUntilMs = null;
    this.#backOffMs = backOffMsMin;
    this.#isProbing = false;
    this.#turn++;
  }
}
