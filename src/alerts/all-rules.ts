import type { AlertRule, AlertSettings } from "../spec/alert.ts";
import { createBudgetPaceRule } from "./rules/budget-pace.ts";
import { createCostPerRequestRule } from "./rules/cost-per-request.ts";
import { createDailySpendRule } from "./rules/daily-spend.ts";
import { createLedgerTroubleRule } from "./rules/ledger-trouble.ts";
import { createUnpricedModelRule } from "./rules/unpriced-model.ts";
import { createUserSpendRule } from "./rules/user-spend.ts";

/** The rules that are on, in the order of `alertRuleNames`. */
export function createAlertRules(settings: AlertSettings): readonly AlertRule[] {
  const rules = [
    createDailySpendRule({ floorPicoUsd: settings.dailySpendFloorPicoUsd }),
    createCostPerRequestRule(),
    createUserSpendRule(settings.userDailyPicoUsd),
    createUnpricedModelRule(),
    createLedgerTroubleRule(),
    createBudgetPaceRule(),
  ];
  return rules.filter(({ name }) => !settings.off.includes(name));
}
