import { whyNotReusable } from "../../policies/cache-admission.ts";
import { type AnswerLife, answerLife } from "../../policies/freshness.ts";
import type { SelfSwitch } from "../../policies/self-switch.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import type { Context } from "../../spec/context.ts";
import { cacheScopeOf } from "../cache-scope.ts";
import { answerKeyOf } from "../request-key.ts";
import { stepAside } from "../step-aside.ts";

/** What one request may do with the store. */
export interface Lookup {
  readonly scope: CacheScope;
  readonly key: string;
  /** Digest of the request as it is, where `key` is of a folded form of it. */
  readonly asked: string | null;
  /** Life of this route's answers now. */
  readonly life: AnswerLife;
  /** False: a fresh answer is wanted. */
  readonly lookUp: boolean;
}

/** Null, and a line in the journal, when the cache keeps out of this request. */
export function admitLookup(context: Context, selfSwitch: SelfSwitch): Lookup | null {
  try {
    const admitted = admit(context, selfSwitch);
    if (typeof admitted !== "string") return admitted;
    const off = admitted === "switched-off";
    context.journal.append({
      stage: "exact-cache",
      decision: "pass",
      reason: off ? "switched-off" : "not-cacheable",
      ...(off ? {} : { note: admitted }),
    });
  } catch (error) {
    stepAside(context, "exact-cache", error);
  }
  return null;
}

/** The lookup, or why there is none. */
function admit(context: Context, selfSwitch: SelfSwitch): Lookup | string {
  const { request, route, cacheControl, caller, purpose, ports } = context;
  // They are many answers in one, each with a stage of its own to look it up.
  if (request.dialect === "openai-embeddings") return "embeddings are cached by element";
  if (!cacheControl.store) return "asked not to";
  const why = whyNotReusable(request, route.exactCache.variety);
  if (why !== null) return why;
  const life = answerLife(route.exactCache, caller.claims.task);
  if (life === null) return "content without a life";
  const scope = cacheScopeOf(context);
  if (scope === null) return "no user named";
  if (selfSwitch.decide(partitionName(scope), ports.clock.nowMs()) === "off") return "switched-off";
  const key = answerKeyOf(context);
  if (key === null) return "number too large to compare";
  return { scope, ...key, life, lookUp: cacheControl.lookUp && purpose !== "refresh" };
}

/** A scope's name for the switch that judges each by itself. */
export function partitionName({ owner, partition }: CacheScope): string {
  return owner === partition ? owner : `${owner} ${partition}`;
}
