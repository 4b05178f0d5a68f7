import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarUnits } from "../spec/calendar.ts";
import { civilFromDays, daysFromCivil, weekdayOf } from "./civil-date.ts";
import { endOfUnit, isTimeZone, startOfUnit, zonedDay, zoneOffsetMs } from "./zoned-time.ts";

const zones = [
  "UTC",
  "Asia/Kolkata",
  "Asia/Kathmandu",
  "Europe/Berlin",
  "America/New_York",
  "Africa/Cairo",
  "America/Havana",
];
const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) });

const berlinHours = (ms: number): number =>
  (endOfUnit(ms, "day", "Europe/Berlin") - startOfUnit(ms, "day", "Europe/Berlin")) / 3_600_000;

describe("civil dates", () => {
  it("agree with Date, there and back", () => {
    fc.assert(
      fc.property(fc.integer({ min: -200_000, max: 200_000 }), (days) => {
        const date = new Date(days * 86_400_000);
        const civil = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
        expect(civilFromDays(days)).toEqual(civil);
        expect(daysFromCivil(civil)).toBe(days);
        expect(weekdayOf(days)).toBe((date.getUTCDay() + 6) % 7);
      }),
    );
  });
});

describe("zoned time", () => {
  it("knows the odd offsets", () => {
    const at = Date.UTC(2026, 10, 21);
    expect(zoneOffsetMs(at, "Asia/Kolkata")).toBe(5.5 * 3_600_000);
    expect(zoneOffsetMs(at, "Asia/Kathmandu")).toBe(5.75 * 3_600_000);
    expect(zoneOffsetMs(at, "America/New_York")).toBe(-5 * 3_600_000);
    expect(isTimeZone("Mars/Olympus")).toBe(false);
  });

  it("names days as the machine's own formatter does", () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), (ms, zone) => {
        const expected = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(ms);
        expect(zonedDay(ms, zone)).toBe(expected);
      }),
    );
  });

  it("spans follow each other without gap or overlap and hold their moment", () => {
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), fc.constantFrom(...calendarUnits), (ms, zone, unit) => {
        const start = startOfUnit(ms, unit, zone);
        const end = endOfUnit(ms, unit, zone);
        expect(start).toBeLessThanOrEqual(ms);
        expect(end).toBeGreaterThan(ms);
        expect(startOfUnit(start, unit, zone)).toBe(start);
        expect(startOfUnit(end, unit, zone)).toBe(end);
        expect(startOfUnit(end - 1, unit, zone)).toBe(start);
      }),
      { numRuns: 2000 },
    );
  });

  it("makes the days of a change 23 and 25 hours long", () => {
    expect(berlinHours(Date.UTC(2026, 2, 29, 12))).toBe(23);
    expect(berlinHours(Date.UTC(2026, 9, 25, 12))).toBe(25);
  });
});
