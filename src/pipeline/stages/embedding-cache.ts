import { cpuTimeCost } from "../../money/costs/cpu-time-cost.ts";
import { SelfSwitch } from "../../policies/self-switch.ts";
import type { Context } from "../../spec/context.ts";
import type { Reply } from "../../spec/reply.ts";
import type { Handler, Stage } from "../../spec/stage.ts";
import { partitionName } from "../answers/admit-lookup.ts";
import { announceSwitch } from "../answers/announce-switch.ts";
import { admitElements } from "../elements/admit-elements.ts";
import { ElementPurchases, soleClaim } from "../elements/element-purchases.ts";
import { findElements } from "../elements/find-elements.ts";
import { type ElementPass, gatherElements } from "../elements/gather-elements.ts";
import { alarmSteppedAside, stepAside } from "../step-aside.ts";

/** What the stage remembers of a route between requests. */
interface RouteMemory {
  /** Made by the first request, which brings the route's settings. */
  selfSwitch: SelfSwitch | null;
  readonly purchases: ElementPurchases;
}

/**
 * Answers each input of a request for embeddings by itself: from the store, with what another request is buying, or bought
 * in one call with the others that are missing. The rules and their checks are in docs/specs/embedding-cache.md.
 */
export function createEmbeddingCache(): Stage {
  const memory: RouteMemory = { selfSwitch: null, purchases: new ElementPurchases() };
  return { name: "embedding-cache", kind: "optimisation", wrap: (next) => (context) => answer(context, next, memory) };
}

async function answer(context: Context, next: Handler, memory: RouteMemory): Promise<Reply> {
  memory.selfSwitch ??= new SelfSwitch(context.route.exactCache.usefulShareMin);
  const { selfSwitch } = memory;
  const pass = await lookUp(context, next, selfSwitch);
  if (pass === null) return next(context);
  const { plan, found } = pass;
  judge(pass, selfSwitch);
  const missing = [...plan.distinct.keys()].filter((key) => !found.known.has(key));
  // Between the lookup and this line nothing is waited for: what is bought meanwhile is in the store or under way.
  const claim = plan.lookUp ? memory.purchases.claim(plan.scope, missing) : soleClaim(missing);
  try {
    return await gatherElements(pass, claim);
  } finally {
    claim.settle(null);
  }
}

/** Null, and a line in the journal, when the stage keeps out of this request. */
async function lookUp(context: Context, next: Handler, selfSwitch: SelfSwitch): Promise<ElementPass | null> {
  try {
    const { clock } = context.ports;
    const startedUs = clock.monotonicUs();
    const plan = admitElements(context, selfSwitch);
    if (typeof plan !== "string") {
      const found = await findElements(context, plan);
      return { context, next, plan, found, us: clock.monotonicUs() - startedUs };
    }
    const off = plan === "switched-off";
    const reason = off ? "switched-off" : "not-cacheable";
    context.journal.append({ stage: "embedding-cache", decision: "pass", reason, ...(off ? {} : { note: plan }) });
  } catch (error) {
    stepAside(context, "embedding-cache", error);
  }
  return null;
}

/** Tells the route's switch what each lookup was worth, and the operator when the cache goes off by it, or comes back. */
function judge({ context, plan, found, us }: ElementPass, selfSwitch: SelfSwitch): void {
  if (!plan.lookUp) return;
  try {
    const { clock, cpuHourPicoUsd } = context.ports;
    let spentPicoUsd = cpuTimeCost(us, cpuHourPicoUsd).picoUsd ?? 0n;
    for (const key of plan.distinct.keys()) {
      const worth = found.worths.get(key);
      // 0: nobody knew its price.
      const outcome = { hit: worth !== undefined, savedPicoUsd: worth === 0n ? null : (worth ?? 0n), spentPicoUsd };
      announceSwitch(context, selfSwitch.note(partitionName(plan.scope), outcome, clock.nowMs()), "embeddings");
      spentPicoUsd = 0n;
    }
  } catch (error) {
    alarmSteppedAside(context, "embedding-cache", error);
  }
}
