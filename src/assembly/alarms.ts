import type { Clock } from "../spec/clock.ts";
import { alarms, type AlarmCode } from "../spec/metrics.ts";

/** One line of a log: JSON, without keys and bodies. */
export type LogLine = (line: object) => void;

const logEveryMs = 60_000;

/**
 * Counts every alarm and logs each code at most once a minute, saying how many came since the last line.
 * `detail` of the first one is shown.
 */
export function createAlarms(
  clock: Clock,
  log: LogLine,
  count: (code: AlarmCode) => void,
): (code: AlarmCode, detail: string) => void {
  const states = new Map<AlarmCode, { nextLogUs: number; silent: number }>();
  return (code, detail) => {
    count(code);
    const nowUs = clock.monotonicUs();
    const state = states.get(code);
    if (state !== undefined && nowUs < state.nextLogUs) {
      state.silent++;
      return;
    }
    states.set(code, { nextLogUs: nowUs + logEveryMs * 1000, silent: 0 });
    const more = state === undefined || state.silent === 0 ? {} : { since_last: state.silent };
    log({ level: "warn", event: "alarm", code, detail, meaning: alarms[code], ...more });
  };
}
