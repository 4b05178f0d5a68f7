import type { BudgetFacts, DayFacts, WindowFacts } from "../spec/alert.ts";
import { picoUsdPerUsd } from "../spec/money.ts";

/** Dollars, to a cent, as pico-dollars. */
export function usd(dollars: number): bigint {
  return (BigInt(Math.round(dollars * 100)) * picoUsdPerUsd) / 100n;
}

/** Days of these dollars, today first. */
export function days(...dollars: readonly number[]): DayFacts[] {
  return dollars.map((amount, index) => ({ day: `day -${index}`, costPicoUsd: usd(amount), requests: 100 }));
}

/** Facts of a quiet gateway, changed where a test says so. */
export function factsOf(over: Partial<WindowFacts> = {}): WindowFacts {
  return {
    nowMs: 1_795_000_000_000,
    days: days(1),
    keys: [],
    lastHour: { costPicoUsd: 0n, requests: 0, unpriced: 0 },
    dayBefore: { costPicoUsd: 0n, requests: 0 },
    users: [],
    unpricedModels: [],
    ledger: { rowsQueued: 0, rowsDropped: 0, lastError: null },
    budgets: [],
    ...over,
  };
}

const hourMs = 3_600_000;

/** A budget of $100 for 100 hours, of which 20 are over when `factsOf` looks. */
export function budgetOf(over: Partial<BudgetFacts> = {}): BudgetFacts {
  const { nowMs } = factsOf();
  return {
    account: "monthly",
    name: "monthly",
    measure: "usd",
    limit: usd(100),
    used: usd(10),
    windowStartMs: nowMs - 20 * hourMs,
    windowEndMs: nowMs + 80 * hourMs,
    isSliding: false,
    usedLastHour: null,
    usedLastSixHours: null,
    ...over,
  };
}
