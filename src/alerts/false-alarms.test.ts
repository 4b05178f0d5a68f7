/**
 * How often daily-spend speaks when nothing is wrong: series of log-normal days, four kinds of traffic, seeded. Run with
 * `npx vitest run src/alerts/false-alarms.test.ts`; the table is in docs/reference/alerts.md.
 */
import { describe, expect, it } from "vitest";
import type { DayFacts } from "../spec/alert.ts";
import type { Random } from "../spec/clock.ts";
import { createSeededRandom } from "../testing/seeded-random.ts";
import { createDailySpendRule } from "./rules/daily-spend.ts";
import { factsOf, usd } from "./test-facts.ts";

const seed = 1;
const seriesYears = 200;
const historyDays = 34;

interface Profile {
  readonly name: string;
  /** Dollars of a usual weekday at the start. */
  readonly dollars: number;
  readonly weekend: number;
  readonly growth: number;
  /** Standard deviation of the logarithm. */
  readonly spread: number;
}

const profiles: readonly Profile[] = [
  { name: "24x7 steady", dollars: 100, weekend: 1, growth: 1, spread: 0.2 },
  { name: "weekday-heavy", dollars: 100, weekend: 0.25, growth: 1, spread: 0.2 },
  { name: "weekday-heavy, growing 1 % a day", dollars: 100, weekend: 0.25, growth: 1.01, spread: 0.2 },
  { name: "small bursty key", dollars: 1, weekend: 1, growth: 1, spread: 1.1 },
];

/** Two independent normal numbers would come of it; one is enough. Method: Box and Muller 1958. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function series({ dollars, weekend, growth, spread }: Profile, random: Random): number[] {
  return Array.from({ length: 365 + historyDays }, (_, day) => {
    const usual = dollars * (day % 7 >= 5 ? weekend : 1) * growth ** day;
    return usual * Math.exp(spread * normal(random) - (spread * spread) / 2);
  });
}

/** The plain rule, without floor, history or weekday. */
function isAboveTwiceTheMean(amounts: readonly number[], day: number): boolean {
  const week = amounts.slice(day - 7, day).reduce((sum, amount) => sum + amount, 0);
  return (amounts[day] ?? 0) * 7 > 2 * week;
}

function daysBefore(facts: readonly DayFacts[], day: number): DayFacts[] {
  return facts.slice(day - historyDays, day + 1).toReversed();
}

const shipped = createDailySpendRule({ floorPicoUsd: usd(5) });
/** With the small key's bill beside that of the others: what 2 % of the whole is. */
const wholePicoUsd = usd(100);

interface Rates {
  /** False alarms a year of the plain and of the shipped rule. */
  readonly plain: number;
  readonly shipped: number;
  /** Share of single days 2.5 times the usual that the shipped rule tells. */
  readonly caught: number;
}

function simulate(profile: Profile): Rates {
  const random = createSeededRandom(seed);
  const isKey = profile.dollars < 100;
  const speaks = (facts: readonly DayFacts[], day: number): boolean => {
    const days = daysBefore(facts, day);
    const total = { day: "", costPicoUsd: wholePicoUsd, requests: 1 };
    const asked = isKey ? { days: [total], keys: [{ keyId: "k", days }] } : { days };
    return shipped.evaluate(factsOf(asked)).length > 0;
  };
  let plainAlarms = 0;
  let shippedAlarms = 0;
  let spikes = 0;
  let spikesCaught = 0;
  for (let year = 0; year < seriesYears; year++) {
    const amounts = series(profile, random);
    const facts = amounts.map((dollars) => ({ day: "", costPicoUsd: usd(dollars), requests: 1 }));
    for (let day = historyDays; day < amounts.length; day++) {
      if (isAboveTwiceTheMean(amounts, day)) plainAlarms += 1;
      if (speaks(facts, day)) shippedAlarms += 1;
      if (day % 30 !== 0) continue;
      const spiked = [...facts];
      spiked[day] = { day: "", costPicoUsd: usd((amounts[day] ?? 0) * 2.5), requests: 1 };
      spikes += 1;
      if (speaks(spiked, day)) spikesCaught += 1;
    }
  }
  return { plain: plainAlarms / seriesYears, shipped: shippedAlarms / seriesYears, caught: spikesCaught / spikes };
}

describe("daily-spend on days when nothing is wrong", () => {
  it("speaks at most once in four months of any profile, and rarely of small keys", () => {
    const rates = profiles.map((profile) => ({ name: profile.name, ...simulate(profile) }));
    const lines = rates.map(
      ({ name, plain, shipped: ours, caught }) =>
        `${name.padEnd(34)} plain x2 ${plain.toFixed(1).padStart(5)} a year, shipped ${ours.toFixed(1).padStart(4)}, spikes of x2.5 caught ${(caught * 100).toFixed(0)} %`,
    );
    process.stdout.write(`seed ${seed}, ${seriesYears} series-years a profile\n${lines.join("\n")}\n`);
    const rateOf = (index: number): Rates =>
      rates[index] ?? { plain: Number.NaN, shipped: Number.NaN, caught: Number.NaN };
    expect(rateOf(0).shipped).toBeLessThanOrEqual(0.2);
    expect(rateOf(1).shipped).toBeLessThanOrEqual(1);
    expect(rateOf(2).shipped).toBeLessThanOrEqual(4);
    expect(rateOf(3).shipped).toBeLessThanOrEqual(10);
    for (const { plain, shipped: ours } of rates) expect(ours).toBeLessThanOrEqual(plain);
    // The plain rule must be worth taming, or the figures above say nothing.
    expect(rateOf(3).plain).toBeGreaterThan(40);
    for (const index of [0, 1, 2]) expect(rateOf(index).caught).toBeGreaterThan(0.5);
  }, 60_000);
});
