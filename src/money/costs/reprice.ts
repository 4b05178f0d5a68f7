import type { Attempt } from "../../spec/attempt.ts";
import type { PicoUsd } from "../../spec/money.ts";
import type { PriceBook } from "../../spec/prices.ts";

/** What a call was, as far as its price goes. */
export type PricedCall = Pick<Attempt, "vendor" | "model" | "usage" | "cost" | "startedAtMs">;

/** The calls of one model as they were priced, and as another book prices them. */
export interface RepricedModel {
  readonly vendor: string;
  readonly model: string;
  readonly calls: number;
  /** Sums of the calls that both know: the difference is theirs alone. */
  readonly recordedPicoUsd: PicoUsd;
  readonly repricedPicoUsd: PicoUsd;
  /** Calls that had no price and have one now, and what they cost. */
  readonly newlyPriced: { readonly calls: number; readonly picoUsd: PicoUsd };
  /** Calls that had a price and have none now, and what they cost. */
  readonly newlyUnpriced: { readonly calls: number; readonly picoUsd: PicoUsd };
  /** Calls that neither knows. */
  readonly unpriced: number;
}

type Sums = { -readonly [name in keyof RepricedModel]: RepricedModel[name] };

/**
 * Prices calls anew, each at its own moment, by another book, and sums by model, most changed first. What bought nothing stays
 * free. The same calls and the same book give the same sums, whenever it is done.
 */
export function repriceCalls(calls: Iterable<PricedCall>, book: PriceBook): readonly RepricedModel[] {
  const models = new Map<string, Sums>();
  for (const call of calls) {
    if (call.cost.state === "free") continue;
    const name = JSON.stringify([call.vendor, call.model]);
    let sums = models.get(name);
    if (sums === undefined) models.set(name, (sums = noSums(call)));
    const { vendor, model, usage, startedAtMs } = call;
    addCall(sums, call.cost.picoUsd, book.costOf(vendor, model, usage, startedAtMs).picoUsd);
  }
  return [...models.values()].toSorted((left, right) => Number(changeOf(right) - changeOf(left)));
}

function noSums({ vendor, model }: PricedCall): Sums {
  const none = { calls: 0, picoUsd: 0n };
  const amounts = { recordedPicoUsd: 0n, repricedPicoUsd: 0n, newlyPriced: none, newlyUnpriced: none };
  return { vendor, model, calls: 0, ...amounts, unpriced: 0 };
}

function addCall(sums: Sums, recorded: PicoUsd | null, repriced: PicoUsd | null): void {
  sums.calls += 1;
  if (recorded !== null && repriced !== null) {
    sums.recordedPicoUsd += recorded;
    sums.repricedPicoUsd += repriced;
  } else if (repriced !== null) sums.newlyPriced = plus(sums.newlyPriced, repriced);
  else if (recorded !== null) sums.newlyUnpriced = plus(sums.newlyUnpriced, recorded);
  else sums.unpriced += 1;
}

function plus(sum: RepricedModel["newlyPriced"], picoUsd: PicoUsd): RepricedModel["newlyPriced"] {
  return { calls: sum.calls + 1, picoUsd: sum.picoUsd + picoUsd };
}

/** How much a model's calls changed, either way. */
function changeOf({ recordedPicoUsd, repricedPicoUsd }: Sums): PicoUsd {
  const change = repricedPicoUsd - recordedPicoUsd;
  return change < 0n ? -change : change;
}
