import { matchesWildcard } from "../kit/wildcard.ts";
import type { Caller } from "../spec/caller.ts";
import type { RuleCondition, TargetRule } from "../spec/route.ts";
import type { Target } from "../spec/target.ts";

/** What a condition may ask about a request. */
export interface RuleFacts {
  /** The model as the caller named it. */
  readonly model: string;
  readonly tags: readonly string[];
  readonly task: string | null;
  readonly feature: string | null;
  readonly hasTools: boolean;
  /** Size of the prompt in estimated tokens; called only when a condition asks for it. */
  readonly promptTokens: () => number;
}

/** Whether every condition given holds; an absent one always does, an empty list never. */
export function conditionHolds(condition: RuleCondition, facts: RuleFacts): boolean {
  const { model, tag, task, feature, tools, promptTokensMin, promptTokensMax } = condition;
  if (model !== undefined && !model.some((pattern) => matchesWildcard(pattern, facts.model))) return false;
  if (tag !== undefined && !tag.some((label) => facts.tags.includes(label))) return false;
  if (task !== undefined && (facts.task === null || !task.includes(facts.task))) return false;
  if (feature !== undefined && (facts.feature === null || !feature.includes(facts.feature))) return false;
  if (tools !== undefined && tools !== facts.hasTools) return false;
  if (promptTokensMin === undefined && promptTokensMax === undefined) return true;
  const tokens = facts.promptTokens();
  return tokens >= (promptTokensMin ?? 0) && tokens <= (promptTokensMax ?? Number.POSITIVE_INFINITY);
}

/** The operator's word: the first rule whose condition holds; null when none does. */
export function findRule(rules: readonly TargetRule[], facts: RuleFacts): TargetRule | null {
  for (const rule of rules) if (conditionHolds(rule.when, facts)) return rule;
  return null;
}

/**
 * The targets that may serve this caller, in their order: those that can be spoken to and whose key is at hand. An own
 * key goes to its own endpoint and to no other; a local key needs a key held by the server.
 */
export function usableTargets(
  targets: readonly Target[],
  caller: Caller,
  isSpokenTo: (target: Target) => boolean,
): readonly Target[] {
  return targets.filter((target) => {
    const { endpoint } = target;
    if (!isSpokenTo(target)) return false;
    if (caller.kind === "own-key") return endpoint.id === caller.endpointId;
    return endpoint.serverKey !== null || endpoint.keyless === true;
  });
}
