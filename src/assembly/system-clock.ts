import type { Clock } from "../spec/clock.ts";
import { coarseFromMs, CoarseTimers } from "./coarse-timers.ts";

const coarse = new CoarseTimers(() => performance.now());

/**
 * The machine's own time. Timers do not keep the process alive: what waits for them does. Delays of 5 seconds and more fire up
 * to 200 ms late.
 */
export const systemClock: Clock = {
  nowMs: Date.now,
  monotonicUs: () => Math.round(performance.now() * 1000),
  after: (delayMs, run) => {
    if (delayMs >= coarseFromMs) return coarse.after(delayMs, run);
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
