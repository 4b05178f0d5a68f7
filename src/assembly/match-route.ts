import { conditionHolds, type RuleFacts } from "../policies/target-rules.ts";
import type { Claims } from "../spec/caller.ts";
import type { ModelRequest } from "../spec/request.ts";
import type { Route } from "../spec/route.ts";

/**
 * The first route whose conditions hold; the last one matches everything by the config's promise.
 * `promptTokens` estimates the prompt's size and is called only when a condition asks for it.
 */
export function matchRoute(
  routes: readonly Route[],
  request: ModelRequest,
  claims: Claims,
  promptTokens: () => number,
): Route {
  const last = routes.at(-1);
  if (last === undefined) throw new Error("A config has at least one route.");
  if (routes.length === 1) return last;
  const facts: RuleFacts = {
    model: request.model,
    tags: claims.tags,
    task: claims.task ?? null,
    feature: claims.feature ?? null,
    hasTools: request.hasTools,
    promptTokens,
  };
  for (const route of routes) {
    const { dialect } = route.match;
    if ((dialect === undefined || dialect.includes(request.dialect)) && conditionHolds(route.match, facts))
      return route;
  }
  return last;
}
