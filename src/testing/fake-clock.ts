import type { Clock } from "../spec/clock.ts";

/** Timers that may wait at once, and steps of one `advance`; more is a runaway test. */
const timersMax = 1_000_000;

/** A clock that stands still until told. Wall and monotonic time move together; `jumpWall` moves the wall alone. */
export interface FakeClock extends Clock {
  /**
   * Moves time forward by `ms` (0 or more, fractions allowed) and runs what falls due, in order of time and then of
   * asking, timers set meanwhile included. Callbacks run synchronously; promises they resolve settle later.
   */
  advance(ms: number): void;
  /** As `advance`, and lets pending promises settle before it moves, after every timer and at the end. */
  advanceAsync(ms: number): Promise<void>;
  /** Sets the wall clock forward or back, as a time server or a daylight-saving switch would. Timers do not notice. */
  jumpWall(ms: number): void;
  /** Timers that wait. */
  readonly pendingTimers: number;
}

interface Timer {
  readonly dueUs: number;
  readonly order: number;
  readonly run: () => void;
}

/** Lets every promise that can settle without a timer or IO do so. */
async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/**
 * Makes a deterministic clock.
 *
 * @param startMs wall time at the start; default 2026-01-01T00:00:00Z. Monotonic time starts at 0.
 */
export function createFakeClock(startMs = 1_767_225_600_000): FakeClock {
  let elapsedUs = 0;
  let wallOffsetMs = startMs;
  let order = 0;
  const timers = new Set<Timer>();

  const nextDue = (untilUs: number): Timer | null => {
    let first: Timer | null = null;
    for (const timer of timers) {
      if (timer.dueUs > untilUs) continue;
      if (first === null || timer.dueUs < first.dueUs || (timer.dueUs === first.dueUs && timer.order < first.order)) {
        first = timer;
      }
    }
    return first;
  };

  const runNext = (untilUs: number): boolean => {
    const timer = nextDue(untilUs);
    if (timer === null) return false;
    timers.delete(timer);
    elapsedUs = Math.max(elapsedUs, timer.dueUs);
    timer.run();
    return true;
  };

  const target = (ms: number): number => {
    if (!(ms >= 0)) throw new RangeError(`a clock cannot advance by ${ms} ms`);
    return elapsedUs + Math.round(ms * 1_000);
  };

  return {
    nowMs: () => Math.floor(wallOffsetMs + elapsedUs / 1_000),
    monotonicUs: () => elapsedUs,
    after(delayMs, run) {
      if (!(delayMs >= 0 && delayMs <= 2 ** 31 - 1)) throw new RangeError(`a timer cannot wait ${delayMs} ms`);
      if (timers.size >= timersMax) throw new RangeError("too many timers wait on the fake clock");
      const timer: Timer = { dueUs: elapsedUs + Math.round(delayMs * 1_000), order: order++, run };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance(ms) {
      const untilUs = target(ms);
      for (let step = 0; runNext(untilUs); step++) if (step > timersMax) throw new RangeError("timers without end");
      elapsedUs = untilUs;
    },
    async advanceAsync(ms) {
      const untilUs = target(ms);
      await settlePromises();
      for (let step = 0; runNext(untilUs); step++) {
        if (step > timersMax) throw new RangeError("timers without end");
        await settlePromises();
      }
      elapsedUs = untilUs;
      await settlePromises();
    },
    jumpWall(ms) {
      wallOffsetMs += ms;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}
