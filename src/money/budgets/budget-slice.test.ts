import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { calendarUnits } from "../../spec/calendar.ts";
import type { BudgetWindow } from "../../spec/budget.ts";
import { amountOf, sliceAt } from "./budget-slice.ts";

const at = (text: string): number => Date.parse(text);
const zones = [
  "UTC",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Europe/Berlin",
  "America/St_Johns",
  "Pacific/Apia",
  "Australia/Lord_Howe",
];

describe("calendar windows", () => {
  const cases: readonly (readonly [string, BudgetWindow, string, string])[] = [
    [
      "2026-11-21T10:00:30Z",
      { kind: "calendar", unit: "minute", zone: "UTC" },
      "2026-11-21T10:00:00Z",
      "2026-11-21T10:01:00Z",
    ],
    [
      "2026-11-21T20:00:00Z",
      { kind: "calendar", unit: "day", zone: "Asia/Kathmandu" },
      "2026-11-21T18:15:00Z",
      "2026-11-22T18:15:00Z",
    ],
    // 25 hours: the clocks of Berlin go back on that day.
    [
      "2026-10-25T12:00:00Z",
      { kind: "calendar", unit: "day", zone: "Europe/Berlin" },
      "2026-10-24T22:00:00Z",
      "2026-10-25T23:00:00Z",
    ],
    // 23 hours: and forward on that.
    [
      "2026-03-29T12:00:00Z",
      { kind: "calendar", unit: "day", zone: "Europe/Berlin" },
      "2026-03-28T23:00:00Z",
      "2026-03-29T22:00:00Z",
    ],
    [
      "2026-11-22T23:59:59.999Z",
      { kind: "calendar", unit: "week", zone: "UTC" },
      "2026-11-16T00:00:00Z",
      "2026-11-23T00:00:00Z",
    ],
    [
      "2026-02-28T12:00:00Z",
      { kind: "calendar", unit: "month", zone: "UTC" },
      "2026-02-01T00:00:00Z",
      "2026-03-01T00:00:00Z",
    ],
  ];
  test.each(cases)("%s", (moment, window, start, end) => {
    const [startMs, endMs] = [at(start), at(end)];
    expect(sliceAt(window, at(moment))).toEqual({ startMs, endMs, windowStartMs: startMs, resetsAtMs: endMs });
  });
});

describe("sliding windows", () => {
  test("an hour is sixty slices of a minute, and what is spent counts until its minute has left", () => {
    const window: BudgetWindow = { kind: "sliding", lengthMs: 3_600_000 };
    expect(sliceAt(window, at("2026-11-21T10:00:59.999Z"))).toEqual({
      startMs: at("2026-11-21T10:00:00Z"),
      endMs: at("2026-11-21T10:01:00Z"),
      windowStartMs: at("2026-11-21T09:00:00Z"),
      resetsAtMs: at("2026-11-21T11:01:00Z"),
    });
  });

  test("every moment of the window counts, at most a slice and its rest more, in at most 62 slices", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 10 ** 10 }),
        fc.integer({ min: 10 ** 12, max: 2 * 10 ** 12 }),
        (lengthMs, nowMs) => {
          const { startMs, endMs, windowStartMs, resetsAtMs } = sliceAt({ kind: "sliding", lengthMs }, nowMs);
          const sliceMs = endMs - startMs;
          expect(windowStartMs).toBeLessThanOrEqual(nowMs - lengthMs + sliceMs);
          expect(windowStartMs).toBeLessThanOrEqual(startMs - lengthMs);
          expect(windowStartMs).toBeGreaterThan(startMs - lengthMs - sliceMs);
          expect((startMs - windowStartMs) % sliceMs).toBe(0);
          expect((endMs - windowStartMs) / sliceMs).toBeLessThanOrEqual(62);
          expect(resetsAtMs).toBe(endMs + lengthMs);
        },
      ),
    );
  });
});

test("slices of every window follow each other without a gap, in every zone", () => {
  const window = fc.oneof(
    fc.record({
      kind: fc.constant("calendar" as const),
      unit: fc.constantFrom(...calendarUnits),
      zone: fc.constantFrom(...zones),
    }),
    fc.record({ kind: fc.constant("sliding" as const), lengthMs: fc.integer({ min: 60, max: 10 ** 10 }) }),
  );
  fc.assert(
    fc.property(
      window,
      fc.integer({ min: at("2010-01-01T00:00:00Z"), max: at("2030-01-01T00:00:00Z") }),
      (one, nowMs) => {
        const slice = sliceAt(one, nowMs);
        expect(slice.startMs).toBeLessThanOrEqual(nowMs);
        expect(slice.endMs).toBeGreaterThan(nowMs);
        expect(sliceAt(one, slice.startMs).startMs).toBe(slice.startMs);
        expect(sliceAt(one, slice.endMs - 1)).toEqual(slice);
        expect(sliceAt(one, slice.endMs).startMs).toBe(slice.endMs);
      },
    ),
  );
});

test("a call counts as its money, its tokens, or one request", () => {
  const spend = { picoUsd: 7n, tokens: 9n };
  expect([amountOf("usd", spend), amountOf("tokens", spend), amountOf("requests", spend)]).toEqual([7n, 9n, 1n]);
});
