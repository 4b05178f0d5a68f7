/** Spans of the calendar; weeks begin on Monday. */
export const calendarUnits = ["minute", "hour", "day", "week", "month"] as const;

/** One of {@link calendarUnits}. */
export type CalendarUnit = (typeof calendarUnits)[number];
