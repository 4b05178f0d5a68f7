import type { Cost, PicoUsd, Saving, SavingMethod } from "../../spec/money.ts";
import { sumCosts, unpricedCost } from "../costs/sum-costs.ts";

/** What the request would have cost had everything up to here acted, and nothing after it. */
export interface PricedPoint {
  /** The technique that leads here, or `residual:` and a cause of the list. */
  readonly by: string;
  readonly cost: Cost;
  readonly method: SavingMethod;
  /** What the request would have cost more with this technique alone off. Absent: as much as the step here saved. */
  readonly aloneOffPicoUsd?: PicoUsd;
}

/** Money that an optimiser spent on the request itself: a judge, an embedding. */
export interface Overhead {
  readonly technique: string;
  readonly cost: Cost;
}

/** The money of one request. */
export interface AttributedSavings {
  /** What it would have cost as the caller asked it. Unpriced also when any point or `cost` is: half a comparison is none. */
  readonly baseline: Cost;
  /** What all its calls cost together, the optimiser's own among them. */
  readonly cost: Cost;
  /** Signed, no zero lines; they sum to baseline minus cost exactly. Empty when either is unpriced. */
  readonly savings: readonly Saving[];
}

/**
 * Sequential attribution: a walk from what was asked to what was paid, in the order of the pipeline. Each step's
 * difference is its technique's, signed and never cut off at zero, so the lines sum to the whole difference whatever the
 * steps are; a further technique is a further point. What an optimiser spent is taken from its own line.
 *
 * @param asAsked the request as the caller sent it.
 * @param points in pipeline order; the last one's cost is what the caller's own calls cost. None: it was bought as asked.
 */
export function attributeChain(
  asAsked: Cost,
  points: readonly PricedPoint[],
  overheads: readonly Overhead[] = [],
): AttributedSavings {
  const bought = points.at(-1)?.cost ?? asAsked;
  const cost = sumCosts([bought, ...overheads.map((overhead) => overhead.cost)]);
  if (asAsked.picoUsd === null || cost.picoUsd === null) return { baseline: unpricedCost, cost, savings: [] };
  const savings: Saving[] = [];
  let before = asAsked.picoUsd;
  for (const { by, cost: after, method, aloneOffPicoUsd } of points) {
    if (after.picoUsd === null) return { baseline: unpricedCost, cost, savings: [] };
    addSaving(savings, by, before - after.picoUsd, method, aloneOffPicoUsd);
    before = after.picoUsd;
  }
  for (const { technique, cost: spent } of overheads)
    if (spent.picoUsd !== null) deduct(savings, technique, spent.picoUsd);
  return { baseline: asAsked, cost, savings };
}

function addSaving(
  savings: Saving[],
  technique: string,
  picoUsd: PicoUsd,
  method: SavingMethod,
  aloneOffPicoUsd: PicoUsd = picoUsd,
): void {
  if (picoUsd === 0n) return;
  savings.push({ technique, picoUsd, method, ...(aloneOffPicoUsd === picoUsd ? {} : { aloneOffPicoUsd }) });
}

/** Off, a technique would spend nothing of its own either. A line that comes to nothing goes. */
function deduct(savings: Saving[], technique: string, spentPicoUsd: PicoUsd): void {
  const at = savings.findIndex((saving) => saving.technique === technique);
  const saved = savings[at];
  const rest = saved === undefined ? 0n : saved.picoUsd;
  const aloneOff = saved?.aloneOffPicoUsd ?? rest;
  if (at >= 0) savings.splice(at, 1);
  addSaving(savings, technique, rest - spentPicoUsd, saved?.method ?? "measured", aloneOff - spentPicoUsd);
}
