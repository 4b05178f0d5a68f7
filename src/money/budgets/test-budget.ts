import type { Budget } from "../../spec/budget.ts";

/** A budget of $100 a month in UTC for everything. */
export function sampleBudget(over: Partial<Budget> = {}): Budget {
  return {
    name: "all",
    subject: {},
    measure: "usd",
    limit: 100_000_000_000_000n,
    window: { kind: "calendar", unit: "month", zone: "UTC" },
    mode: "hard",
    outputQuantile: 0.99,
    ...over,
  };
}
