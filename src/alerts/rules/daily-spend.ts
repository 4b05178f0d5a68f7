import type { PicoUsd } from "../../spec/money.ts";
import type { Alert, AlertRule, DayFacts } from "../../spec/alert.ts";
import { formatUsd } from "../../money/format-usd.ts";

/** What the rule demands before it speaks. */
export interface DailySpendSettings {
  /** Today exceeds the mean by at least so much. */
  readonly floorPicoUsd: PicoUsd;
}

const factor = 2n;
const meanDays = 7;
/** A younger account has no usual day yet. */
const historyDays = 14;
/** Four weeks back, the weekday has a mean of its own: Mondays after quiet weekends are no anomaly. */
const weekdaysBack: readonly number[] = [7, 14, 21, 28];
/** One part in fifty of everything spent today: what one of many keys does must matter. */
const totalParts = 50n;

/**
 * Spending today above twice the mean of the seven days before, by a floor in money and by 2 % of the whole, with 14 days of
 * history; from four weeks on also above twice the mean of the same weekday. Method and its false alarms: docs/reference/alerts.md.
 */
export function createDailySpendRule({ floorPicoUsd }: DailySpendSettings): AlertRule {
  const judge = (subject: string, days: readonly DayFacts[], totalToday: PicoUsd): readonly Alert[] => {
    const excess = excessOf(days);
    if (excess === null) return [];
    // Both sides times seven: a mean of seven days need not be whole.
    const floor = floorPicoUsd * BigInt(meanDays);
    if (excess.timesSeven < floor || excess.timesSeven * totalParts < totalToday * BigInt(meanDays)) return [];
    return [alertOf(subject, days[0]?.costPicoUsd ?? 0n, excess.meanPicoUsd)];
  };
  return {
    name: "daily-spend",
    evaluate({ days, keys }) {
      const today = days[0]?.costPicoUsd ?? 0n;
      return [...judge("", days, today), ...keys.flatMap((key) => judge(`key ${key.keyId}`, key.days, today))];
    },
  };
}

/** By how much today exceeds its mean, seven times over; null where it is nothing unusual or nobody can tell. */
function excessOf(days: readonly DayFacts[]): { readonly timesSeven: bigint; readonly meanPicoUsd: PicoUsd } | null {
  const [today, ...before] = days;
  if (today === undefined || before.length < historyDays) return null;
  const week = before.slice(0, meanDays).reduce((sum, day) => sum + day.costPicoUsd, 0n);
  if (today.costPicoUsd * BigInt(meanDays) <= factor * week) return null;
  const sameWeekdays = weekdaysBack.flatMap((back) => days[back] ?? []);
  if (sameWeekdays.length === weekdaysBack.length) {
    const sum = sameWeekdays.reduce((all, day) => all + day.costPicoUsd, 0n);
    if (today.costPicoUsd * BigInt(weekdaysBack.length) <= factor * sum) return null;
  }
  return { timesSeven: today.costPicoUsd * BigInt(meanDays) - week, meanPicoUsd: week / BigInt(meanDays) };
}

function alertOf(subject: string, todayPicoUsd: PicoUsd, meanPicoUsd: PicoUsd): Alert {
  const whose = subject === "" ? "Spending" : `Spending of ${subject}`;
  return {
    rule: "daily-spend",
    subject,
    severity: "warning",
    summary: `${whose} today is ${formatUsd(todayPicoUsd)}, more than twice the mean of the last seven days (${formatUsd(meanPicoUsd)}).`,
    actual: formatUsd(todayPicoUsd),
    expected: `at most ${formatUsd(meanPicoUsd * factor)}`,
    meaning: "Much more is bought today than on the days before: more traffic, longer prompts, or a dearer model.",
    nextStep: "farthing report --last 24h --by feature,model shows where it goes; compare with --last 7d.",
  };
}
