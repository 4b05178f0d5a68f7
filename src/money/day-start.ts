import { daysFromCivil } from "../kit/civil-date.ts";

/** Milliseconds in a day of UTC. */
export const dayMs = 86_400_000;

/**
 * Midnight UTC of a day `2026-12-01`, milliseconds since the epoch. Vendors name days without a time zone; UTC is
 * our reading.
 */
export function dayStartMs(day: string): number {
  const [year = 0, month = 1, dayOfMonth = 1] = day.split("-").map(Number);
  return daysFromCivil({ year, month, day: dayOfMonth }) * dayMs;
}
