import type { Clock } from "../../spec/clock.ts";

/** A timer that is later than this was held up by our own process, and so perhaps was the answer. */
const lateMs = 5;
/** Then the answer gets this much more, to be read from where it waits. */
const graceMs = 2;

/** How waiting ended. */
export type Waited<Value> =
  | { readonly kind: "known"; readonly value: Value }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "slow" };

/** Waits for a promise, at most `waitMs`; what comes later is dropped. Never rejects. */
export function waitBriefly<Value>(promise: Promise<Value>, waitMs: number, clock: Clock): Promise<Waited<Value>> {
  return new Promise((resolve) => {
    const startedUs = clock.monotonicUs();
    let cancel = clock.after(waitMs, () => {
      const wasHeldUp = (clock.monotonicUs() - startedUs) / 1_000 > waitMs + lateMs;
      if (wasHeldUp) cancel = clock.after(graceMs, () => resolve({ kind: "slow" }));
      else resolve({ kind: "slow" });
    });
    void endOf(promise).then((waited) => {
      cancel();
      return resolve(waited);
    });
  });
}

async function endOf<Value>(promise: Promise<Value>): Promise<Waited<Value>> {
  try {
    return { kind: "known", value: await promise };
  } catch (error) {
    return { kind: "failed", error };
  }
}
