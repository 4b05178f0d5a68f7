import * as fc from "fast-check";
import { expect, test } from "vitest";
import { weekdays, type HourPrices } from "./price-data.ts";
import { compileHours, windowAt } from "./price-hours.ts";

const place = { data: { vendor: "test" }, where: "m", caching: "none" } as const;

function nameOf(day: Date): (typeof weekdays)[number] {
  return weekdays[(day.getUTCDay() + 6) % 7] ?? "mon";
}

/** Whether a window holds, by the machine's calendar: the day it began on is named, and the time lies between. */
function holdsByDate({ from, to, days = weekdays }: HourPrices, date: Date): boolean {
  const time = date.toISOString().slice(11, 16);
  const yesterday = new Date(date.getTime() - 86_400_000);
  if (from < to) return days.includes(nameOf(date)) && time >= from && time < to;
  return (days.includes(nameOf(date)) && time >= from) || (days.includes(nameOf(yesterday)) && time < to);
}

test("a window holds when the calendar says so", () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map((parts) => parts.map((part) => String(part).padStart(2, "0")).join(":"));
  const days = fc.option(fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }), { nil: undefined });
  const date = fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(time, time, days, date, (from, to, on, at) => {
      const window: HourPrices = { from, to, ...(on === undefined ? {} : { days: on }), percent: 200 };
      const windows = compileHours(place, [window]);
      expect(windowAt(windows, at.getTime())).toBe(holdsByDate(window, at) ? windows[0] : null);
    }),
    { numRuns: 2000 },
  );
});

test.each<[string, readonly HourPrices[]]>([
  [
    "two windows of one day",
    [
      { from: "01:00", to: "04:00", percent: 200 },
      { from: "03:59", to: "05:00", percent: 150 },
    ],
  ],
  [
    "a window that passes the end of the week, and its beginning",
    [
      { from: "23:00", to: "01:00", days: ["sun"], percent: 200 },
      { from: "00:30", to: "02:00", days: ["mon"], percent: 150 },
    ],
  ],
])("refuses %s that overlap", (_, hours) => {
  expect(() => compileHours(place, hours)).toThrow(/its hours overlap/);
});

test("windows may touch", () => {
  const hours = [
    { from: "01:00", to: "04:00", percent: 200 },
    { from: "04:00", to: "01:00", percent: 150 },
  ];
  expect(compileHours(place, hours).length).toBe(2);
});
