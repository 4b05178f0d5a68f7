import { headerOf } from "../kit/header-list.ts";

/** Providers' hints shorter than this are taken as this. */
const hintMsMin = 500;

/**
 * How long the provider asks to be left alone, milliseconds, at least 500; null when it says nothing usable. Reads
 * `retry-after-ms` (both official clients prefer it) and `retry-after` as seconds or as a date. Zero and below, which
 * Azure has sent, and anything that is no number are no hint. No upper limit: the caller of this decides what is too long.
 *
 * @param nowMs wall time, for the date form.
 */
export function readRetryHint(headers: readonly string[], nowMs: number): number | null {
  return positive(headerOf(headers, "retry-after-ms"), 1) ?? readRetryAfter(headerOf(headers, "retry-after"), nowMs);
}

function readRetryAfter(text: string | null, nowMs: number): number | null {
  if (text === null) return null;
  if (/^[-+\d.\s]+$/.test(text)) return positive(text, 1_000);
  const dateMs = readHttpDate(text);
  return dateMs === null || dateMs <= nowMs ? null : Math.max(hintMsMin, dateMs - nowMs);
}

function positive(text: string | null, unitMs: number): number | null {
  const trimmed = text?.trim() ?? "";
  if (!/^\d{1,12}(\.\d{1,9})?$/.test(trimmed)) return null;
  const ms = Number(trimmed) * unitMs;
  return ms > 0 ? Math.max(hintMsMin, ms) : null;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The one date form that servers may send (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. */
function readHttpDate(text: string): number | null {
  const parts = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text.trim());
  if (parts === null) return null;
  const month = months.indexOf(parts[2] ?? "");
  if (month < 0) return null;
  const [day, year, hours, minutes, seconds] = [1, 3, 4, 5, 6].map((index) => Number(parts[index]));
  const days = daysSinceEpoch(year ?? 0, month + 1, day ?? 0);
  return (((days * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000;
}

/** Days from 1970-01-01 in the Gregorian calendar (Howard Hinnant, "days_from_civil"); `Date` is not for pure rooms. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}
