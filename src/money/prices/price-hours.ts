import { weekdayOf } from "../../kit/civil-date.ts";
import { compileRule, type TablePlace, type TableRule } from "./compile-tables.ts";
import { dayMs } from "../day-start.ts";
import { weekdays, type HourPrices } from "./price-data.ts";
import { wrongPrice } from "./wrong-price.ts";

const minuteMs = 60_000;
const dayMinutes = 1440;
const weekMinutes = 7 * dayMinutes;

/** Hours of the week with prices of their own. */
export interface HourWindow {
  /** As a person would say it: `01:00-04:00 UTC mon tue`. */
  readonly name: string;
  /** Minutes of the week (UTC, from Monday 00:00) it begins at and ends before; the last may pass the end of the week. */
  readonly spans: readonly { readonly from: number; readonly to: number }[];
  readonly rule: TableRule;
}

/** The window in force at `atMs`; null outside all of them. They do not overlap. */
export function windowAt(windows: readonly HourWindow[], atMs: number): HourWindow | null {
  if (windows.length === 0) return null;
  const day = Math.floor(atMs / dayMs);
  const minute = weekdayOf(day) * dayMinutes + Math.floor((atMs - day * dayMs) / minuteMs);
  for (const window of windows) if (window.spans.some((span) => holds(span, minute))) return window;
  return null;
}

/**
 * Windows ready for use.
 * @throws FarthingError `config_invalid` when two of them overlap or a table is wrong.
 */
export function compileHours(place: TablePlace, hours: readonly HourPrices[]): readonly HourWindow[] {
  const taken = new Uint8Array(weekMinutes);
  return hours.map((window) => {
    const compiled = compileWindow(place, window);
    for (const { from, to } of compiled.spans) {
      for (let minute = from; minute < to; minute += 1) {
        if (taken[minute % weekMinutes] === 1)
          throw wrongPrice(place.data.vendor, place.where, `its hours overlap at ${compiled.name}`);
        taken[minute % weekMinutes] = 1;
      }
    }
    return compiled;
  });
}

function compileWindow(place: TablePlace, window: HourPrices): HourWindow {
  const fromMinute = minuteOf(window.from);
  const toMinute = minuteOf(window.to);
  const length = toMinute > fromMinute ? toMinute - fromMinute : toMinute - fromMinute + dayMinutes;
  const spans = (window.days ?? weekdays).map((day) => {
    const from = weekdays.indexOf(day) * dayMinutes + fromMinute;
    return { from, to: from + length };
  });
  const days = window.days === undefined ? "every day" : window.days.join(" ");
  return { name: `${window.from}-${window.to} UTC ${days}`, spans, rule: compileRule(place, window) };
}

function holds(span: { readonly from: number; readonly to: number }, minute: number): boolean {
  return (minute >= span.from && minute < span.to) || minute + weekMinutes < span.to;
}

/** Minutes since midnight of a time like `01:30`. */
function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
