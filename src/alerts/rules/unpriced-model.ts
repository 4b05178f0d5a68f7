import type { Alert, AlertRule } from "../../spec/alert.ts";

/** Calls of the last hour whose cost nobody knows. */
export function createUnpricedModelRule(): AlertRule {
  return {
    name: "unpriced-model",
    evaluate({ unpricedModels, lastHour }) {
      if (unpricedModels.length > 0) return unpricedModels.map((model) => alertOf(model, `${model} has no price`));
      return lastHour.unpriced > 0 ? [alertOf("", `${lastHour.unpriced} requests have no price`)] : [];
    },
  };
}

function alertOf(subject: string, what: string): Alert {
  return {
    rule: "unpriced-model",
    subject,
    severity: "warning",
    summary: `${what}: the cost of calls in the last hour is not known.`,
    actual: "no price",
    expected: "a price for every model that is called",
    meaning: "Sums, budgets and savings lack these calls; the provider's bill will not.",
    nextStep:
      "Add the price in a file named under prices in the config (docs/reference/prices.md), or update Farthing.",
  };
}
