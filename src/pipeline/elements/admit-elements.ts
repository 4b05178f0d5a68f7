import { type AnswerLife, answerLife } from "../../policies/freshness.ts";
import type { SelfSwitch } from "../../policies/self-switch.ts";
import type { CacheScope } from "../../spec/cache-scope.ts";
import type { Context } from "../../spec/context.ts";
import type { ElementCodec, RequestElement } from "../../spec/element-codec.ts";
import { partitionName } from "../answers/admit-lookup.ts";
import { cacheScopeOf } from "../cache-scope.ts";
import { answerKeyTexts } from "../request-key.ts";

/** An input that differs from all before it. */
export interface DistinctElement extends RequestElement {
  /** Where it stands first. */
  readonly index: number;
}

/** What one request may do with the store, input by input. */
export interface ElementPlan {
  readonly codec: ElementCodec;
  readonly scope: CacheScope;
  /** The key of each input, in order; the same input has the same key. */
  readonly keys: readonly string[];
  /** Each key once, in the order of its first input. */
  readonly distinct: ReadonlyMap<string, DistinctElement>;
  readonly life: AnswerLife;
  /** False: fresh answers are wanted. */
  readonly lookUp: boolean;
}

/** The plan, or why there is none: a short fact for the journal. */
export function admitElements(context: Context, selfSwitch: SelfSwitch): ElementPlan | string {
  const { request, route, cacheControl, caller, ports } = context;
  const codec = ports.dialects[request.dialect].elements;
  if (codec === undefined || request.resource !== undefined) return "no inputs with answers of their own";
  if (!cacheControl.store) return "asked not to";
  if (request.large !== undefined) return "large body";
  const inputs = codec.readInputs(request);
  if (inputs === null) return "inputs that cannot be told apart";
  const life = answerLife(route.exactCache, caller.claims.task);
  if (life === null) return "content without a life";
  const scope = cacheScopeOf(context);
  if (scope === null) return "no user named";
  if (selfSwitch.decide(partitionName(scope), ports.clock.nowMs()) === "off") return "switched-off";
  const question = questionOf(context);
  if (question === null) return "number too large to compare";
  const keys = inputs.map(({ text }) => ports.digest(caller.scope, `${question} ${text}`));
  return { codec, scope, keys, distinct: distinctOf(keys, inputs), life, lookUp: cacheControl.lookUp };
}

/**
 * A digest of everything that changes the answer to an input but the input itself: model, dimensions, format, whatever a
 * vendor invented. `user` changes no vector.
 */
function questionOf(context: Context): string | null {
  const rest = { ...context.request.rest };
  delete rest["input"];
  delete rest["user"];
  const texts = answerKeyTexts({ ...context, request: { ...context.request, rest } });
  return texts === null ? null : context.ports.digest(context.caller.scope, `elements ${texts.exact}`);
}

function distinctOf(keys: readonly string[], inputs: readonly RequestElement[]): ReadonlyMap<string, DistinctElement> {
  const distinct = new Map<string, DistinctElement>();
  for (const [index, input] of inputs.entries()) {
    const key = keys[index];
    if (key !== undefined && !distinct.has(key)) distinct.set(key, { ...input, index });
  }
  return distinct;
}
