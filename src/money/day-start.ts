import { daysFromCivil } from "../kit/civil-date.ts";

/** Milliseconds in a day of UTC. */
export const dayMs = 86_400_000;

/**
 * Midnight UTC of a day `2026-12-01`, milliseconds since the epoch. Vendors name days without a time zone; UTC is
 * our reading.
 */
export function dayStartMs(day: string): number {
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  return daysFromCivil({ year, month, day: Number(day.slice(8)) }) * dayMs;
}
