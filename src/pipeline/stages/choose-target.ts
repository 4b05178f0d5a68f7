import { FarthingError } from "../../kit/farthing-error.ts";
import type { Context } from "../../spec/context.ts";
import type { Stage } from "../../spec/stage.ts";
import type { Target } from "../../spec/target.ts";
import { findRule, type RuleFacts, usableTargets } from "../../policies/target-rules.ts";
import { promptBytesOf } from "../prompt-bytes.ts";
import { stepAside } from "../step-aside.ts";
import { wireDialectOf } from "../wire.ts";

/** Applies the operator's rule table: the first matching rule names the targets, in order of preference. */
export function createChooseTarget(): Stage {
  return {
    name: "choose-target",
    kind: "optimisation",
    wrap: (next) => (context) => next(chooseTarget(context)),
  };
}

/** The context with the rule's targets, or the same context when the request goes on as asked. */
function chooseTarget(context: Context): Context {
  try {
    const rule = findRule(context.route.rules, ruleFactsOf(context));
    if (rule === null) {
      context.journal.append({ stage: "choose-target", decision: "as asked", reason: "as-asked" });
      return context;
    }
    const [first, ...fallbacks] = usableTargets(rule.use, context.caller, (target) => canBeAsked(context, target));
    if (first === undefined) {
      context.journal.append({
        stage: "choose-target",
        decision: "as asked",
        reason: "no-usable-target",
        note: rule.name,
      });
      return context;
    }
    context.journal.append({
      stage: "choose-target",
      decision: targetsText([first, ...fallbacks]),
      reason: "rule",
      note: rule.name,
    });
    return { ...context, targets: [first, ...fallbacks] };
  } catch (error) {
    stepAside(context, "choose-target", error);
    return context;
  }
}

/** True when the target speaks the caller's dialect, or the whole request can be said in one that it speaks. */
function canBeAsked({ request, ports }: Context, { endpoint, model }: Target): boolean {
  const { translator } = ports;
  const dialect = wireDialectOf(endpoint, request.dialect, translator);
  if (dialect === null) return false;
  const translation = translator.between(request.dialect, dialect);
  if (translation === null) return true;
  // Whether it can be said is only known once it was: too late to step aside.
  if (request.large !== undefined) return false;
  try {
    translation.request(request, model, endpoint);
    return true;
  } catch (error) {
    if (FarthingError.isInstance(error)) return false;
    throw error;
  }
}

function targetsText(targets: readonly Target[]): string {
  return targets.map((target) => `${target.endpoint.id}/${target.model}`).join(", ");
}

function ruleFactsOf(context: Context): RuleFacts {
  const { request, caller, ports } = context;
  return {
    model: request.model,
    tags: caller.claims.tags,
    task: caller.claims.task ?? null,
    feature: caller.claims.feature ?? null,
    hasTools: request.hasTools,
    promptTokens: () => {
      const promptBytes = promptBytesOf(request, ports.dialects);
      return ports.estimator.estimate(request.model, promptBytes, 0).tokens.input ?? 0;
    },
  };
}
