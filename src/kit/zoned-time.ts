import type { CalendarUnit } from "../spec/calendar.ts";
import { civilFromDays, daysFromCivil, formatCivil, weekdayOf } from "./civil-date.ts";

const dayMs = 86_400_000;
/** Offsets of zones are whole quarters of an hour since 1972, and change on one. */
const offsetHoldsMs = 900_000;
/** Zones and quarters remembered. */
const zonesMax = 64;
const offsetsMax = 4096;

interface ZoneClock {
  readonly format: Intl.DateTimeFormat;
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, ZoneClock>();

/** True for a name of the time zone database that this machine knows, such as `Europe/Berlin`. */
export function isTimeZone(zone: string): boolean {
  try {
    return zoneClock(zone) !== null;
  } catch {
    return false;
  }
}

/**
 * What the clocks of a zone are ahead of UTC at a moment, milliseconds; negative west of Greenwich.
 * @throws RangeError for a zone that does not exist; see {@link isTimeZone}.
 */
export function zoneOffsetMs(ms: number, zone: string): number {
  if (zone === "UTC") return 0;
  const { format, offsets } = zoneClock(zone);
  const quarter = Math.floor(ms / offsetHoldsMs);
  const known = offsets.get(quarter);
  if (known !== undefined) return known;
  const at = quarter * offsetHoldsMs;
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const days = daysFromCivil({ year: part["year"] ?? 0, month: part["month"] ?? 1, day: part["day"] ?? 1 });
  const seconds = (part["hour"] ?? 0) * 3600 + (part["minute"] ?? 0) * 60 + (part["second"] ?? 0);
  const offset = days * dayMs + seconds * 1000 - at;
  if (offsets.size >= offsetsMax) offsets.clear();
  offsets.set(quarter, offset);
  return offset;
}

/** The day of a moment in a zone, `2026-11-21`. */
export function zonedDay(ms: number, zone: string): string {
  return formatCivil(civilFromDays(Math.floor((ms + zoneOffsetMs(ms, zone)) / dayMs)));
}

/**
 * First moment of the minute, hour, day, week or month that `ms` lies in, by the zone's clocks. A day that begins with skipped
 * hours begins when the clocks have jumped; an hour that comes twice is two hours.
 */
export function startOfUnit(ms: number, unit: CalendarUnit, zone: string): number {
  const offset = zoneOffsetMs(ms, zone);
  if (unit === "minute" || unit === "hour") {
    const length = unit === "minute" ? 60_000 : 3_600_000;
    return Math.floor((ms + offset) / length) * length - offset;
  }
  return momentOfDay(firstDayOf(Math.floor((ms + offset) / dayMs), unit, 0), zone);
}

/** First moment of the span after the one that `ms` lies in. */
export function endOfUnit(ms: number, unit: CalendarUnit, zone: string): number {
  if (unit === "minute") return startOfUnit(ms, unit, zone) + 60_000;
  if (unit === "hour") return startOfUnit(ms, unit, zone) + 3_600_000;
  const days = Math.floor((ms + zoneOffsetMs(ms, zone)) / dayMs);
  return momentOfDay(firstDayOf(days, unit, 1), zone);
}

/** Day number of the first day of the span `later` spans after the one with this day. */
function firstDayOf(days: number, unit: CalendarUnit, later: number): number {
  if (unit === "day") return days + later;
  if (unit === "week") return days - weekdayOf(days) + 7 * later;
  const { year, month } = civilFromDays(days);
  return daysFromCivil({ year, month: month + later, day: 1 });
}

/** The moment at which a day begins in a zone: midnight, or where the clocks skip it, the jump. */
function momentOfDay(days: number, zone: string): number {
  const local = days * dayMs;
  const before = local - zoneOffsetMs(local - dayMs, zone);
  const after = local - zoneOffsetMs(local + dayMs, zone);
  const earliest = Math.min(before, after);
  const latest = Math.max(before, after);
  // The first moment whose own local day is this one; a change of the clocks in between shifts it by its length at most.
  for (let at = earliest; at < latest; at += offsetHoldsMs) {
    if (Math.floor((at + zoneOffsetMs(at, zone)) / dayMs) >= days) return at;
  }
  return latest;
}

function zoneClock(zone: string): ZoneClock {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  const numeric = "numeric" as const;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "gregory",
    numberingSystem: "latn",
    hourCycle: "h23",
    year: numeric,
    month: numeric,
    day: numeric,
    hour: numeric,
    minute: numeric,
    second: numeric,
  });
  const made = { format, offsets: new Map<number, number>() };
  if (zones.size >= zonesMax) zones.clear();
  zones.set(zone, made);
  return made;
}
