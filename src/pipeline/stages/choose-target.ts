import type { Context } from "../../spec/context.ts";
import type { Stage } from "../../spec/stage.ts";
import type { Target } from "../../spec/target.ts";
import { findRule, type RuleFacts, usableTargets } from "../../policies/target-rules.ts";
import { stepAside } from "../step-aside.ts";

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
    const [first, ...fallbacks] = usableTargets(rule.use, context.caller, context.request.dialect);
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
      const promptBytes = ports.dialects[request.dialect].promptBytes(request);
      return ports.estimator.estimate(request.model, promptBytes, 0).tokens.input ?? 0;
    },
  };
}
