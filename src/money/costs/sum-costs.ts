import type { Cost, CostState } from "../../spec/money.ts";

/** Nothing was bought. */
export const freeCost: Cost = { state: "free", picoUsd: 0n };

/** Money was or may have been spent, and no price is known. Never zero. */
export const unpricedCost: Cost = { state: "unpriced", picoUsd: null };

/**
 * Sum of several costs. One unpriced part makes the sum unpriced, an estimated one makes it estimated; nothing at all,
 * or only free parts, is free.
 */
export function sumCosts(costs: readonly Cost[]): Cost {
  let picoUsd = 0n;
  let state: CostState = "free";
  for (const cost of costs) {
    if (cost.picoUsd === null) return unpricedCost;
    picoUsd += cost.picoUsd;
    if (cost.state === "estimated") state = "estimated";
    else if (cost.state === "priced" && state === "free") state = "priced";
  }
  return state === "free" ? freeCost : { state, picoUsd };
}
