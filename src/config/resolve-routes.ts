import type { ExactCachePolicy, Route, RouteMatch, RuleCondition, TargetRule } from "../spec/route.ts";
import type { Endpoint, Target } from "../spec/target.ts";
import type { ConditionDocument, ConfigDocument, RouteDocument, RuleDocument } from "./config-document.ts";
import type { ConfigPath } from "./config-problem.ts";
import { configSchema } from "./config-schema.ts";
import { resolveRouteCache } from "./resolve-cache.ts";
import { firstSpeaker } from "./first-speaker.ts";
import { createProblemList, type ProblemList } from "./problem-list.ts";
import { suggestName } from "./suggest-name.ts";

/** Joins the routes of a file with its endpoints and closes the list with a route that matches everything. */
export function resolveRoutes(document: ConfigDocument, endpoints: readonly Endpoint[], list: ProblemList): Route[] {
  const routes = document.routes.map((route, index) => resolveRoute(route, ["routes", index], endpoints, list));
  checkOrder(routes, list);
  const last = routes.at(-1);
  if (last === undefined || Object.keys(last.match).length > 0) {
    if (routes.some((route) => route.name === "default")) {
      const fix = "Give it another name, or move it to the end and take its match out.";
      list.add(["routes"], "the name default belongs to the route that matches everything", fix);
    }
    routes.push(defaultRoute());
  }
  return routes;
}

/** The route that takes what no other does: every optimisation off, safe retries on. */
function defaultRoute(): Route {
  const { routes } = configSchema.parse({ routes: [{ name: "default" }] });
  const [route] = routes;
  if (route === undefined) throw new Error("the schema lost a route");
  return joinRoute(route, [], resolveRouteCache(route.exactCache, [], createProblemList(null)));
}

function resolveRoute(
  route: RouteDocument,
  path: ConfigPath,
  endpoints: readonly Endpoint[],
  list: ProblemList,
): Route {
  checkCondition(route.match, [...path, "match"], list);
  if (route.retry.backoff > route.retry.backoffMax) {
    list.add([...path, "retry", "backoff"], "is longer than backoffMax", "Lower it, or raise backoffMax.");
  }
  if (route.timeouts.connect > route.timeouts.total) {
    list.add([...path, "timeouts", "connect"], "is longer than total", "Lower it, or raise total.");
  }
  if (route.compliance && (route.exactCache.enabled || route.coalesce.enabled || route.targets.length > 0)) {
    list.warn(`Route ${route.name} is a compliance route: its cache, its sharing and its targets stay off.`);
  }
  const rules = route.targets.flatMap((rule, index) => {
    const resolved = resolveRule(rule, [...path, "targets", index], endpoints, list);
    return resolved === null ? [] : [resolved];
  });
  for (const rule of rules) warnOfKeyless(rule, route.name, endpoints, list);
  return joinRoute(route, rules, resolveRouteCache(route.exactCache, [...path, "exactCache"], list));
}

function joinRoute(route: RouteDocument, rules: readonly TargetRule[], exactCache: ExactCachePolicy): Route {
  return {
    name: route.name,
    match: present(route.match) as RouteMatch,
    compliance: route.compliance,
    storeBodies: route.storeBodies || route.compliance,
    exactCache,
    addStreamUsage: route.addStreamUsage,
    coalesce: { enabled: route.coalesce.enabled },
    rules,
    retry: {
      enabled: route.retry.enabled,
      attemptsMax: route.retry.attemptsMax,
      backoffMs: route.retry.backoff,
      backoffMsMax: route.retry.backoffMax,
      retryAmbiguous: route.retry.retryAmbiguous,
    },
    timeouts: {
      connectMs: route.timeouts.connect,
      firstByteMs: route.timeouts.firstByte,
      idleMs: route.timeouts.idle,
      totalMs: route.timeouts.total,
    },
    abort: {
      mode: route.abort.mode,
      drainMsMax: route.abort.drainMax,
      drainBytesMax: route.abort.drainBytesMax,
    },
  };
}

function resolveRule(
  rule: RuleDocument,
  path: ConfigPath,
  endpoints: readonly Endpoint[],
  list: ProblemList,
): TargetRule | null {
  checkCondition(rule.when, [...path, "when"], list);
  const targets = rule.use.flatMap((text, index) => {
    const at = rule.use.length === 1 && !list.has([...path, "use", 0]) ? [...path, "use"] : [...path, "use", index];
    const target = resolveTarget(text, at, endpoints, list);
    return target === null ? [] : [target];
  });
  const [first, ...others] = targets;
  return first === undefined ? null : { name: rule.name, when: present(rule.when), use: [first, ...others] };
}

/**
 * A local key is never sent to a provider without a key; a rule that names one is often meant to work for everybody. Where
 * no provider has a key there are no local keys, and callers' own keys reach the first provider of each dialect.
 */
function warnOfKeyless(rule: TargetRule, route: string, endpoints: readonly Endpoint[], list: ProblemList): void {
  const hasLocalKeys = endpoints.some(servesLocalKeys);
  const takesOwnKeys = (endpoint: Endpoint): boolean =>
    endpoint.dialects.some((dialect) => firstSpeaker(endpoints, dialect) === endpoint);
  const ids = rule.use.flatMap(({ endpoint }) =>
    servesLocalKeys(endpoint) || (!hasLocalKeys && takesOwnKeys(endpoint)) ? [] : [endpoint.id],
  );
  for (const id of new Set(ids)) {
    list.warn(
      `Rule ${rule.name} of route ${route} names provider ${id}, which has no key: only callers with a key of their own reach it. ` +
        `Give it key: \${VARIABLE}, or keyless: true where the server takes none.`,
    );
  }
}

function servesLocalKeys(endpoint: Endpoint): boolean {
  return endpoint.serverKey !== null || endpoint.keyless === true;
}

function resolveTarget(
  text: string,
  path: ConfigPath,
  endpoints: readonly Endpoint[],
  list: ProblemList,
): Target | null {
  const slash = text.indexOf("/");
  if (slash < 1 || slash === text.length - 1) {
    list.add(
      path,
      "is not provider/model",
      "Write the provider's name, a slash and the model, such as openai/gpt-4o-mini.",
    );
    return null;
  }
  const id = text.slice(0, slash);
  const endpoint = endpoints.find((candidate) => candidate.id === id);
  if (endpoint !== undefined) return { endpoint, model: text.slice(slash + 1) };
  if (list.isWrong(["providers"])) return null;
  const known = endpoints.map((candidate) => candidate.id);
  const near = suggestName(id, known);
  list.add(
    path,
    `no provider is called ${id}`,
    near === null ? `Known: ${known.join(", ")}.` : `Did you mean ${near}?`,
  );
  return null;
}

function checkCondition(condition: ConditionDocument, path: ConfigPath, list: ProblemList): void {
  const { promptTokensMin: min, promptTokensMax: max } = condition;
  if (min !== undefined && max !== undefined && min > max) {
    list.add([...path, "promptTokensMin"], "is larger than promptTokensMax", "No prompt can be both; swap them.");
  }
}

/** Names are unique, and nothing stands behind a route that takes everything. */
function checkOrder(routes: readonly Route[], list: ProblemList): void {
  const names = new Set<string>();
  for (const [index, route] of routes.entries()) {
    if (names.has(route.name)) list.add(["routes", index, "name"], "two routes have this name", "Rename one of them.");
    names.add(route.name);
    if (index < routes.length - 1 && Object.keys(route.match).length === 0) {
      const fix = "Give it a match, or move it to the end.";
      list.add(["routes", index], `route ${route.name} matches everything, so none behind it is ever reached`, fix);
    }
  }
}

/** The conditions that are given, without those that are not. */
function present(condition: ConditionDocument): RuleCondition {
  return Object.fromEntries(Object.entries(condition).filter(([, value]) => value !== undefined));
}
