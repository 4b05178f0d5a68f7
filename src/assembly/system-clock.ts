import type { Clock } from "../spec/clock.ts";

/** The machine's own time. Timers do not keep the process alive: what waits for them does. */
export const systemClock: Clock = {
  nowMs: Date.now,
  monotonicUs: () => Math.round(performance.now() * 1000),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
