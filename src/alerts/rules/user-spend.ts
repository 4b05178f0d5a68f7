import type { PicoUsd } from "../../spec/money.ts";
import type { AlertRule } from "../../spec/alert.ts";
import { formatUsd } from "../../money/format-usd.ts";

/** A user of today above what the operator says one may cost a day; null: no such bound. */
export function createUserSpendRule(userDailyPicoUsd: PicoUsd | null): AlertRule {
  return {
    name: "user-spend",
    evaluate({ users }) {
      if (userDailyPicoUsd === null) return [];
      const bound = formatUsd(userDailyPicoUsd);
      return users
        .filter(({ costPicoUsd }) => costPicoUsd > userDailyPicoUsd)
        .map(({ user, costPicoUsd }) => ({
          rule: "user-spend" as const,
          subject: `user ${user}`,
          severity: "warning" as const,
          summary: `User ${user} cost ${formatUsd(costPicoUsd)} today, more than ${bound}.`,
          actual: formatUsd(costPicoUsd),
          expected: `at most ${bound}`,
          meaning: "One user costs more than you said one may: heavy use, a loop in a client, or a key in wrong hands.",
          nextStep: "farthing report --last 24h --by user,feature; a hard budget with subject user: '*' stops it.",
        }));
    },
  };
}
