import type { Clock } from "../../../spec/clock.ts";
import { sampleStoredAtMs } from "../../../testing/sample-answer.ts";

/** Stands at the moment of the sample answers; its timers are real. */
export const testClock: Clock = {
  nowMs: () => sampleStoredAtMs,
  monotonicUs: () => performance.now() * 1_000,
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
