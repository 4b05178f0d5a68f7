/** `12,345`. */
export function formatCount(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 request`, `12,345 requests`. */
export function countOf(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Hits of lookups as `38.3 %`; null when nothing was looked up. */
export function formatRate(hits: number, lookups: number): string | null {
  return lookups === 0 ? null : `${((hits / lookups) * 100).toFixed(1)} %`;
}

/** Microseconds as `0.8 ms`, `812 ms` or `12.3 s`. */
export function formatLatency(durationUs: number): string {
  const durationMs = durationUs / 1000;
  if (durationMs < 10) return `${durationMs.toFixed(1)} ms`;
  return durationMs < 10_000 ? `${Math.round(durationMs)} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}

/** What a moment is called in a zone. */
export interface Clockface {
  /** `14:05`. */
  clock(ms: number): string;
  /** `14:05:09`. */
  time(ms: number): string;
  /** `21 Nov, 14:05`. */
  minute(ms: number): string;
  /** `21 Nov 2026, 14:05:09`. */
  full(ms: number): string;
  /** `Sat 21 Nov`. */
  day(ms: number): string;
  /** `21 Nov`. */
  date(ms: number): string;
  /** `2026-11-21`: days compare by it. */
  dayKey(ms: number): string;
}

const clockfaces = new Map<string, Clockface>();

/** Times of a zone of the time zone database, as the page writes them. @throws RangeError for a zone that does not exist. */
export function clockfaceOf(zone: string): Clockface {
  const known = clockfaces.get(zone);
  if (known !== undefined) return known;
  const format = (options: Intl.DateTimeFormatOptions): ((ms: number) => string) => {
    const formatter = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options });
    return (ms) => formatter.format(ms);
  };
  const iso = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const clock = { hour: "2-digit", minute: "2-digit" } as const;
  const face: Clockface = {
    clock: format(clock),
    time: format({ ...clock, second: "2-digit" }),
    minute: format({ day: "numeric", month: "short", ...clock }),
    full: format({ day: "numeric", month: "short", year: "numeric", ...clock, second: "2-digit" }),
    day: format({ weekday: "short", day: "numeric", month: "short" }),
    date: format({ day: "numeric", month: "short" }),
    dayKey: (ms) => iso.format(ms),
  };
  clockfaces.set(zone, face);
  return face;
}
