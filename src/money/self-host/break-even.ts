import type { PicoUsd } from "../../spec/money.ts";
import {
  capacityOfSet,
  type DailyLoad,
  daysInMonth,
  divideUp,
  largest,
  type OwnMachines,
  ownMonth,
  setMonth,
  setsFor,
  utilisationOf,
} from "./machines.ts";

/** Where own machines become cheaper than paying by the request. */
export interface BreakEven {
  /** The fewest requests a day at which the machines cost no more. */
  readonly requestsPerDay: bigint;
  /** Sets needed there. */
  readonly sets: bigint;
  /** Part of the paid time that they are busy there, basis points, rounded up. */
  readonly utilisationBasisPoints: bigint;
  /** What the machines cost there a month; the other way costs as much, but for less than one request's price. */
  readonly ownPicoUsdPerMonth: PicoUsd;
  /**
   * From here on they are never dearer again. Between the two a further set, begun and hardly used, may make them so; null: no
   * number of requests is enough for that.
   */
  readonly neverDearerFromRequestsPerDay: bigint | null;
}

/** Sets tried where the whole number of requests just misses what they can serve. */
const setsTried = 1000n;

/** What a load costs a month where each request has a price. */
export function byRequestMonth(requestsPerDay: bigint, picoUsdPerRequest: PicoUsd): PicoUsd {
  return requestsPerDay * daysInMonth * picoUsdPerRequest;
}

/**
 * The break-even of own machines against a price by the request, in whole numbers. With k sets of S a month, people P, and c a
 * month for one request a day, the machines are no dearer from (kS + P) / c requests on, if k sets can serve so many.
 * @returns null when no number of requests is enough: a set costs more than what it can serve at most would cost. Null too
 * when the first {@link setsTried} numbers of sets that could do all just miss, and when requests are free.
 */
export function breakEven(
  size: Pick<DailyLoad, "inputTokens" | "outputTokens">,
  machines: OwnMachines,
  picoUsdPerRequest: PicoUsd,
): BreakEven | null {
  const perDailyRequest = byRequestMonth(1n, picoUsdPerRequest);
  const capacity = capacityOfSet(size, machines);
  // What a full set would cost by the request, less what it costs itself; times the denominator of the capacity.
  const gain = perDailyRequest * capacity.numerator - setMonth(machines) * capacity.denominator;
  if (perDailyRequest === 0n || gain < 0n) return null;
  const people = machines.peoplePicoUsdPerMonth * capacity.denominator;
  const forOneRequest = divideUp(capacity.denominator, capacity.numerator);
  const first = gain === 0n ? forOneRequest : largest(forOneRequest, divideUp(people, gain));
  for (let sets = first; sets < first + setsTried; sets += 1n) {
    const requestsPerDay = largest(1n, divideUp(ownMonth(machines, sets), perDailyRequest));
    if (requestsPerDay * capacity.denominator > sets * capacity.numerator) continue;
    return {
      requestsPerDay,
      sets,
      utilisationBasisPoints: utilisationOf({ ...size, requestsPerDay }, machines, sets),
      ownPicoUsdPerMonth: ownMonth(machines, sets),
      neverDearerFromRequestsPerDay: neverDearerFrom(capacity, gain, machines),
    };
  }
  return null;
}

/** Full sets of which one more, and idle, is paid for by what they save. */
function neverDearerFrom(
  capacity: ReturnType<typeof capacityOfSet>,
  gain: bigint,
  machines: OwnMachines,
): bigint | null {
  if (gain === 0n) return null;
  const sets = divideUp((setMonth(machines) + machines.peoplePicoUsdPerMonth) * capacity.denominator, gain);
  return divideUp(sets * capacity.numerator, capacity.denominator);
}

/** One way of serving a load, for a month. */
export interface MonthlyCosts {
  readonly ownPicoUsd: PicoUsd;
  readonly sets: bigint;
  readonly utilisationBasisPoints: bigint;
  /** By name of the price. */
  readonly byRequestPicoUsd: Readonly<Record<string, PicoUsd>>;
}

/** What a load costs a month on own machines, and at each price by the request. */
export function monthlyCosts(
  load: DailyLoad,
  machines: OwnMachines,
  picoUsdPerRequest: Readonly<Record<string, PicoUsd>>,
): MonthlyCosts {
  const sets = setsFor(load, machines);
  const priced = Object.entries(picoUsdPerRequest);
  return {
    ownPicoUsd: ownMonth(machines, sets),
    sets,
    utilisationBasisPoints: utilisationOf(load, machines, sets),
    byRequestPicoUsd: Object.fromEntries(
      priced.map(([name, each]) => [name, byRequestMonth(load.requestsPerDay, each)]),
    ),
  };
}

/** One set, used so much. */
export interface UtilisationRow extends MonthlyCosts {
  readonly percent: number;
  readonly requestsPerDay: bigint;
}

/** Utilisations of the sensitivity table, percent of the paid time. */
const percents = [5, 10, 20, 30, 40, 50, 60, 80, 100] as const;

/** What one set costs a month beside what it serves would cost by the request, at utilisations from 5 to 100 percent. */
export function sensitivity(
  size: Pick<DailyLoad, "inputTokens" | "outputTokens">,
  machines: OwnMachines,
  picoUsdPerRequest: Readonly<Record<string, PicoUsd>>,
): readonly UtilisationRow[] {
  return percents.map((percent) => {
    const used = { ...machines, usableBasisPoints: BigInt(percent) * 100n };
    const { numerator, denominator } = capacityOfSet(size, used);
    const requestsPerDay = numerator / denominator;
    return { ...monthlyCosts({ ...size, requestsPerDay }, used, picoUsdPerRequest), percent, requestsPerDay };
  });
}
