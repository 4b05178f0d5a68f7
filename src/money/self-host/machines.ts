import type { PicoUsd } from "../../spec/money.ts";

/** Days of a month here, as in the tables that people compare: 30, of 24 hours each. */
export const daysInMonth = 30n;
const hoursInMonth = daysInMonth * 24n;
const secondsInDay = 86_400n;
/** Basis points in the whole. */
const whole = 10_000n;

/** What comes in, each day alike. */
export interface DailyLoad {
  /** 1 and up. */
  readonly requestsPerDay: bigint;
  /** Tokens of one request; not both 0. */
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
}

/** Machines of one's own, rented or bought, and the people who keep them running. */
export interface OwnMachines {
  /** One GPU. */
  readonly picoUsdPerGpuHour: PicoUsd;
  /** GPUs that serve together: capacity is bought in such sets, 1 and up. */
  readonly gpus: bigint;
  /** Tokens a second that a set reads, busy with nothing else; 1 and up. */
  readonly inputTokensPerSecond: bigint;
  /** Tokens a second that a set writes, busy with nothing else; 1 and up. */
  readonly outputTokensPerSecond: bigint;
  /** Part of the paid time that can be used at most, since load comes in waves: basis points, 1 to 10,000. */
  readonly usableBasisPoints: bigint;
  /** Work of people, the same however many sets there are. */
  readonly peoplePicoUsdPerMonth: PicoUsd;
}

/** A whole fraction; the denominator is above 0. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Tokens of one request, as far as time goes. */
type RequestSize = Pick<DailyLoad, "inputTokens" | "outputTokens">;

/** Seconds that one request keeps a set busy: reading and writing one after the other. */
function busySeconds({ inputTokens, outputTokens }: RequestSize, machines: OwnMachines): Ratio {
  const { inputTokensPerSecond, outputTokensPerSecond } = machines;
  return {
    numerator: inputTokens * outputTokensPerSecond + outputTokens * inputTokensPerSecond,
    denominator: inputTokensPerSecond * outputTokensPerSecond,
  };
}

/** Requests a day that one set can serve. */
export function capacityOfSet(size: RequestSize, machines: OwnMachines): Ratio {
  const { numerator, denominator } = busySeconds(size, machines);
  return { numerator: secondsInDay * machines.usableBasisPoints * denominator, denominator: numerator * whole };
}

/** Sets that a load needs; at least one. */
export function setsFor(load: DailyLoad, machines: OwnMachines): bigint {
  const { numerator, denominator } = capacityOfSet(load, machines);
  return largest(1n, divideUp(load.requestsPerDay * denominator, numerator));
}

/** Part of the paid time that so many sets are busy with a load, basis points, rounded up. */
export function utilisationOf(load: DailyLoad, machines: OwnMachines, sets: bigint): bigint {
  const { numerator, denominator } = busySeconds(load, machines);
  return divideUp(load.requestsPerDay * numerator * whole, denominator * secondsInDay * sets);
}

/** What so many sets cost a month, people included. */
export function ownMonth(machines: OwnMachines, sets: bigint): PicoUsd {
  return sets * setMonth(machines) + machines.peoplePicoUsdPerMonth;
}

/** What one set costs a month without people. */
export function setMonth({ picoUsdPerGpuHour, gpus }: OwnMachines): PicoUsd {
  return picoUsdPerGpuHour * gpus * hoursInMonth;
}

/** The larger of two whole numbers. */
export function largest(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

/** Quotient of two whole numbers from 0 up, rounded up. */
export function divideUp(amount: bigint, parts: bigint): bigint {
  return (amount + parts - 1n) / parts;
}
