import { expect, it } from "vitest";
import { RetryBudget } from "./retry-budget.ts";

it("allows a tenth of an endpoint's calls, and a small stock at the start", () => {
  const budget = new RetryBudget();
  let repeats = 0;
  for (let call = 0; call < 10_000; call++) {
    budget.earn("first");
    while (budget.spend("first")) repeats++;
  }
  expect(repeats).toBeGreaterThanOrEqual(1_000);
  expect(repeats).toBeLessThanOrEqual(1_021);
});

it("counts endpoints apart", () => {
  const budget = new RetryBudget();
  budget.earn("first");
  expect(budget.spend("second")).toBe(false);
  expect(budget.spend("first")).toBe(true);
});
