import type { Cost, PicoUsd } from "../../spec/money.ts";
import { freeCost } from "./sum-costs.ts";

const microsecondsPerHour = 3_600_000_000n;

/**
 * What a processor's time costs, rounded up to whole pico-dollars; free where that is nothing.
 *
 * @param us microseconds, at least 0; a part of one counts as one.
 * @param hourPicoUsd price of an hour of one processor.
 */
export function cpuTimeCost(us: number, hourPicoUsd: PicoUsd): Cost {
  if (!(us > 0) || hourPicoUsd <= 0n) return freeCost;
  const picoUsd = (BigInt(Math.ceil(us)) * hourPicoUsd + microsecondsPerHour - 1n) / microsecondsPerHour;
  return { state: "priced", picoUsd };
}
