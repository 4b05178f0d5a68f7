import { picoUsdPerUsd } from "../../spec/money.ts";
import type { AlertRule } from "../../spec/alert.ts";
import { formatUsd } from "../../money/format-usd.ts";

const factor = 2n;
/** Fewer requests have no steady mean. */
const hourRequestsMin = 50;
const dayRequestsMin = 200;
/** What the hour must cost more than it would have at the day's mean. */
const floorPicoUsd = picoUsdPerUsd;

/** The mean cost of a request in the last hour above twice that of the 24 hours before. */
export function createCostPerRequestRule(): AlertRule {
  return {
    name: "cost-per-request",
    evaluate({ lastHour, dayBefore }) {
      if (lastHour.requests < hourRequestsMin || dayBefore.requests < dayRequestsMin) return [];
      const [hour, day] = [BigInt(lastHour.requests), BigInt(dayBefore.requests)];
      if (lastHour.costPicoUsd * day <= factor * dayBefore.costPicoUsd * hour) return [];
      if (lastHour.costPicoUsd - (dayBefore.costPicoUsd * hour) / day < floorPicoUsd) return [];
      const actual = formatUsd(lastHour.costPicoUsd / hour);
      const usual = dayBefore.costPicoUsd / day;
      return [
        {
          rule: "cost-per-request",
          subject: "",
          severity: "warning",
          summary: `A request of the last hour costs ${actual} on average, more than twice the ${formatUsd(usual)} of the day before.`,
          actual,
          expected: `at most ${formatUsd(usual * factor)}`,
          meaning:
            "The same kind of work became dearer: another model, longer prompts or answers, or a cache that stopped hitting.",
          nextStep:
            "farthing report --last 1h --by model,feature, and the same with --last 24h; then a dear one: farthing request ID.",
        },
      ];
    },
  };
}
