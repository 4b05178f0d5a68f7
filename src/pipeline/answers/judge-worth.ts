import { cpuTimeCost } from "../../money/costs/cpu-time-cost.ts";
import type { SelfSwitch } from "../../policies/self-switch.ts";
import type { StoredAnswer } from "../../spec/answer-store.ts";
import type { Context } from "../../spec/context.ts";
import { type Lookup, partitionName } from "./admit-lookup.ts";
import { announceSwitch } from "./announce-switch.ts";
import type { Serving } from "./serve-stored.ts";

/**
 * Tells the route's switch what a lookup was worth, and the operator when the cache goes off by it, or comes back. A refusal that is
 * given again saves no money and costs none: it says nothing about the worth of the cache.
 *
 * @param us time that the lookup took, microseconds.
 */
export function judgeWorth(
  context: Context,
  selfSwitch: SelfSwitch,
  { scope }: Lookup,
  stored: StoredAnswer | null,
  serving: Serving | null,
  us: number,
): void {
  if (serving?.reason === "hit-refusal") return;
  const { clock, cpuHourPicoUsd } = context.ports;
  const spentPicoUsd = cpuTimeCost(us, cpuHourPicoUsd).picoUsd ?? 0n;
  const outcome = { hit: serving !== null, savedPicoUsd: savedBy(stored, serving), spentPicoUsd };
  announceSwitch(context, selfSwitch.note(partitionName(scope), outcome, clock.nowMs()), "answers");
}

/** What a refresh buys anew was not saved. 0 as cost of a stored answer: nobody knew its price. */
function savedBy(stored: StoredAnswer | null, serving: Serving | null): bigint | null {
  if (stored === null || serving === null || serving.refreshStarted) return 0n;
  return stored.costPicoUsd === 0n ? null : stored.costPicoUsd;
}
