import { describe, expect, it } from "vitest";
import { type AlertSettings, alertRuleNames, type WindowFacts } from "../spec/alert.ts";
import { createAlertRules } from "./all-rules.ts";
import { budgetOf, days, factsOf, usd } from "./test-facts.ts";

const settings: AlertSettings = {
  log: true,
  webhook: null,
  renotifyMs: 1,
  dailySpendFloorPicoUsd: usd(5),
  userDailyPicoUsd: usd(20),
  off: [],
};

/** Rule, subject and severity of all that the facts say. */
function fired(over: Partial<WindowFacts>, changes: Partial<AlertSettings> = {}): string[] {
  return createAlertRules({ ...settings, ...changes })
    .flatMap((rule) => rule.evaluate(factsOf(over)))
    .map(({ rule, subject, severity }) => `${severity} ${rule} ${subject}`.trim());
}

const steady = (count: number, dollars = 10): number[] => Array.from({ length: count }, () => dollars);
const hour = (dollars: number, requests: number) => ({ costPicoUsd: usd(dollars), requests, unpriced: 0 });
const day = (dollars: number, requests: number) => ({ costPicoUsd: usd(dollars), requests });
const models = ["acme/big", "acme/small"];
const lost = { rowsQueued: 0, rowsDropped: 3, lastError: null };

describe("alert rules", () => {
  it.each<[string, Partial<WindowFacts>, string[]]>([
    ["nothing", {}, []],
    ["a day above twice the week's mean", { days: days(20.01, ...steady(14)) }, ["warning daily-spend"]],
    ["a day of just twice the mean", { days: days(20, ...steady(14)) }, []],
    ["too little history", { days: days(90, ...steady(13)) }, []],
    ["an excess below the floor", { days: days(7.9, ...steady(14, 3)) }, []],
    ["an excess at the floor", { days: days(8, ...steady(14, 3)) }, ["warning daily-spend"]],
    [
      "a Monday like other Mondays",
      { days: days(21, ...steady(6, 2), 21, ...steady(6, 2), 21, ...steady(6, 2), 21, ...steady(6, 2), 21, 2) },
      [],
    ],
    ["a Monday unlike them", { days: days(21, ...steady(29, 2)) }, ["warning daily-spend"]],
    ["days that had nothing", { days: days(6, ...steady(14, 0)) }, ["warning daily-spend"]],
    [
      "a key that matters",
      { days: days(100, ...steady(14, 90)), keys: [{ keyId: "k1", days: days(30, ...steady(14)) }] },
      ["warning daily-spend key k1"],
    ],
    [
      "a key below 2 % of the whole",
      { days: days(1001, ...steady(14, 1000)), keys: [{ keyId: "k1", days: days(30, ...steady(14)) }] },
      [],
    ],
    ["an hour of dear requests", { lastHour: hour(5, 100), dayBefore: day(48, 2400) }, ["warning cost-per-request"]],
    ["an hour of requests twice as dear", { lastHour: hour(4, 100), dayBefore: day(48, 2400) }, []],
    ["a few dear requests", { lastHour: hour(5, 49), dayBefore: day(48, 2400) }, []],
    ["an hour dear by cents", { lastHour: hour(1.01, 100), dayBefore: day(4.8, 2400) }, []],
    ["a user above the bound", { users: [{ user: "u", costPicoUsd: usd(20.01) }] }, ["warning user-spend user u"]],
    ["a user at the bound", { users: [{ user: "u", costPicoUsd: usd(20) }] }, []],
    ["models without a price", { unpricedModels: models }, models.map((model) => `warning unpriced-model ${model}`)],
    ["requests without a price", { lastHour: { ...hour(0, 1), unpriced: 1 } }, ["warning unpriced-model"]],
    ["rows lost", { ledger: lost }, ["critical ledger-trouble rows lost"]],
    [
      "writes that fail",
      { ledger: { ...lost, rowsDropped: 0, lastError: "disk" } },
      ["critical ledger-trouble writes fail"],
    ],
    [
      "rows that wait",
      { ledger: { rowsQueued: 10_001, rowsDropped: 0, lastError: null } },
      ["warning ledger-trouble rows wait"],
    ],
    ["a budget that is used up", { budgets: [budgetOf({ used: usd(100) })] }, ["critical budget-pace budget monthly"]],
    ["a budget of nothing that nobody uses", { budgets: [budgetOf({ limit: 0n, used: 0n })] }, []],
    ["a budget in its first fifth", { budgets: [budgetOf({ used: usd(80) })] }, []],
    [
      "a budget of which a tenth is left",
      { budgets: [budgetOf({ used: usd(90) })] },
      ["warning budget-pace budget monthly"],
    ],
    ["a sliding budget half used", { budgets: [budgetOf({ isSliding: true, used: usd(60) })] }, []],
    [
      "a sliding budget at a pace that stays within it",
      { budgets: [budgetOf({ isSliding: true, used: usd(60), usedLastHour: usd(1), usedLastSixHours: usd(6) })] },
      [],
    ],
    [
      "a sliding budget at a pace that fills it",
      { budgets: [budgetOf({ isSliding: true, used: usd(60), usedLastHour: usd(2), usedLastSixHours: usd(9) })] },
      ["warning budget-pace budget monthly"],
    ],
    [
      "a budget too fast for a quarter of its window",
      { budgets: [budgetOf({ used: usd(30), windowStartMs: factsOf().nowMs - 27 * 3_600_000 })] },
      ["warning budget-pace budget monthly"],
    ],
    [
      "a budget that both paces exceed",
      { budgets: [budgetOf({ usedLastHour: usd(2), usedLastSixHours: usd(7) })] },
      ["warning budget-pace budget monthly"],
    ],
    ["a budget with one dear hour", { budgets: [budgetOf({ usedLastHour: usd(9), usedLastSixHours: usd(6) })] }, []],
    [
      "a budget with one dear morning",
      { budgets: [budgetOf({ usedLastHour: usd(1), usedLastSixHours: usd(50) })] },
      [],
    ],
    ["a window that is over", { budgets: [budgetOf({ used: usd(80), windowEndMs: factsOf().nowMs })] }, []],
  ])("%s", (_name, facts, expected) => {
    expect(fired(facts)).toEqual(expected);
  });

  it("can be switched off one by one, and the user's rule has no bound of its own", () => {
    const facts = { unpricedModels: models, users: [{ user: "u", costPicoUsd: usd(1_000) }] };
    expect(fired(facts, { off: ["unpriced-model"], userDailyPicoUsd: null })).toEqual([]);
    expect(createAlertRules(settings).map(({ name }) => name)).toEqual(alertRuleNames);
  });

  it("say value, threshold, meaning and next step", () => {
    const [alert] = createAlertRules(settings)[0]?.evaluate(factsOf({ days: days(21, ...steady(14)) })) ?? [];
    expect(alert).toMatchObject({
      summary: "Spending today is $21.00, more than twice the mean of the last seven days ($10.00).",
      actual: "$21.00",
      expected: "at most $20.00",
    });
    expect(alert?.nextStep).toContain("farthing report");
  });

  it("show budgets in their own measure", () => {
    const [alert] = createAlertRules(settings).flatMap((rule) =>
      rule.evaluate(factsOf({ budgets: [budgetOf({ measure: "tokens", limit: 5n, used: 7n })] })),
    );
    expect(alert?.summary).toBe("Budget monthly is used up: 7 tokens used, limit 5 tokens.");
  });
});
